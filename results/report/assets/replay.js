// The replay of one episode.
const panel = byId("replay");
let open = null; // { number, step, data, shared } of the episode that is shown
let wanted = 0; // counts openings, so that a slow one cannot overtake a later one

const verdicts = {
  right: ["✓ right", "right"],
  wrong: ["✗ wrong", "wrong"],
  malformed: ["⚠ unreadable", "malformed"],
  missing: ["– not given", "missing"],
  unknown: ["? truth unknown", "unknown"],
};

function answers(move) {
  if (!move.answers.length) return null;
  const lines = move.answers.map((answer) => {
    const [text, name] = verdicts[answer.verdict] || verdicts.unknown;
    const about = answer.action === null ? "" : ` (after ${answer.action})`;
    return el("tr", { class: name },
      el("td", {}, answer.question + about),
      el("td", {}, answer.parsed ?? answer.raw ?? "–"),
      el("td", {}, answer.truth ?? "–"),
      el("td", { class: "verdict", title: answer.note || false }, text));
  });
  const heads = ["question", "answer", "truth", "mark"].map((text) => el("th", { scope: "col" }, text));
  return el("table", { class: "answers" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...lines));
}

function badges(move, forfeit) {
  const found = [];
  const badge = (text, kind = "") => found.push(el("span", { class: `badge ${kind}` }, text));
  if (move.fallback) badge(forfeit ? "fallback acted: counts as a forfeit" : "fallback acted", "bad");
  for (const complaint of move.complaints) badge(`bad reply: ${complaint.reason || complaint.problem}`, "bad");
  if (move.consistent === false) badge("said it, did not do it", "bad");
  if (move.consistent === true) badge("did what it said", "good");
  if (move.regret !== null) {
    const by = move.method && move.method !== "exact" ? ` (by a search, ${move.method})` : "";
    badge(move.regret > 0 ? `regret ${+move.regret.toFixed(3)}${by}` : `a best action${by}`, move.regret > 0 ? "" : "good");
  }
  if (move.effect === "no_effect") badge("previous action had no effect");
  if (move.effect === "error") badge("previous action failed", "bad");
  if (move.greedy !== null && move.greedy !== move.action) badge(`changed its mind from ${move.greedy}`);
  return found.length ? el("p", { class: "badges" }, ...found) : null;
}

const folded = (title, isOpen, ...children) => el("details", { open: isOpen }, el("summary", {}, title), ...children);
const said = (text) => el("pre", { class: "said" }, text);

function calls(move, data, shared) {
  const message = (digest) => data.messages[digest] || shared.messages[digest] || { role: "?", text: "[not in the journal]", images: 0 };
  return move.calls.map((call) => {
    const parts = call.messages.flatMap((digest) => {
      const { role, text, images } = message(digest);
      return [el("p", { class: "meta" }, images ? `${role}, with ${images} pictures (in the journal)` : role), said(text)];
    });
    const replies = call.texts.flatMap((text) => [el("p", { class: "meta" }, "reply"), said(text || "[empty]")]);
    const thoughts = call.reasoning.flatMap((text) => [el("p", { class: "meta" }, "reasoning"), said(text)]);
    const end = call.finish.length ? `, ended by ${call.finish.join(", ")}` : "";
    return folded(`Prompt and reply: ${call.scope} (${call.role}, ${call.seconds.toFixed(2)} s${end})`, false, ...parts, ...thoughts, ...replies);
  });
}

function moveCard(move, number, data, shared) {
  const forfeit = data.ending && data.ending.forfeit;
  const isForfeit = Boolean(forfeit && forfeit.step === number && forfeit.seats.includes(move.seat));
  const spent = move.tokens[0] + move.tokens[1];
  const meta = [`seat ${move.seat}`];
  if (spent) meta.push(`${move.tokens[0]} + ${move.tokens[1]} tokens`, `${move.seconds.toFixed(2)} s`);
  if (spent && move.usd === null) meta.push("price unknown");
  else if (move.usd) meta.push(`$${move.usd.toFixed(4)}`);
  return el("article", { class: "move" },
    move.action ? el("h4", {}, `${move.agent} played `, el("code", {}, move.action)) : el("h4", {}, `${move.agent} was asked`),
    el("p", { class: "meta" }, meta.join(" · ")),
    badges(move, isForfeit),
    answers(move),
    move.reply ? folded("Reply", true, said(move.reply)) : null,
    move.reasoning ? folded("Reasoning, as the model gave it", false, said(move.reasoning)) : null,
    move.candidates.length > 1 ? folded("Candidates", false, el("ul", {}, ...move.candidates.map((c) => el("li", {}, `${c.action}: ${c.replies} replies${c.veto ? `, vetoed: ${c.veto}` : ""}`)))) : null,
    folded("What it saw", false, said(move.observation)),
    ...calls(move, data, shared));
}

const points = (rewards) => rewards.map((reward) => +reward.toFixed(4)).join(", ");

function ending(data) {
  const end = data.ending;
  if (!end) return el("article", { class: "move" }, el("h4", {}, "Not finished"));
  if (end.status !== "done") return el("article", { class: "move" }, el("h4", {}, `Failed: ${end.cause}`), said(end.message));
  const acted = data.steps.some((step) => step.seats.some((move) => move.action));
  const rewards = acted ? `Rewards by seat, from 0: ${points(end.reward)}` : "Nothing is played here: only the answers count.";
  const offenders = end.forfeit && end.forfeit.seats.join(" and ");
  const played = end.forfeit ? `A fallback of seat ${offenders} in step ${end.forfeit.step + 1} counts as a forfeit; as played on: ${points(end.played)}` : null;
  return el("article", { class: "move" }, el("h4", {}, `The end: ${end.reason || index[open.number].result}`),
    el("p", {}, rewards), played ? el("p", {}, played) : null);
}

function picture(name, data, shared) {
  const svg = data.pictures[name] || shared.pictures[name];
  if (!svg) return el("p", { class: "meta" }, "No picture of this position.");
  return document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true);
}

function show(step) {
  const { data, shared } = open;
  const last = data.steps.length;
  open.step = Math.max(0, Math.min(last, step));
  const now = data.steps[open.step];
  const part = (name) => panel.querySelector(name);
  part(".picture").replaceChildren(picture(now ? now.picture : data.final, data, shared));
  part(".detail").replaceChildren(...(now ? now.seats.map((move) => moveCard(move, open.step, data, shared)) : [ending(data)]));
  part("input").value = open.step;
  part(".clock").textContent = now ? `step ${open.step + 1} of ${last}` : "the end";
  part(".back").disabled = open.step === 0;
  part(".on").disabled = open.step === last;
  panel.querySelectorAll(".moves button").forEach((button, place) => {
    if (place === open.step) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
  remember({ step: open.step || null });
}

function flagged(seats) {
  return seats.some((move) => move.fallback || move.complaints.length || move.consistent === false);
}

function build(number, data) {
  const entry = index[number];
  const about = [entry.result, entry.key, `environment seed ${data.seed}`];
  const button = (text, label, action, name = "") => el("button", { type: "button", class: name, "aria-label": label, title: label, onclick: action }, text);
  const moves = data.steps.map((step, place) => el("li", {}, el("button", {
    type: "button", class: flagged(step.seats) ? "flag" : "", onclick: () => show(place),
    title: flagged(step.seats) ? "something went wrong here" : false,
  }, `${place + 1}. ${step.seats.map((move) => move.action || "asked").join(" | ")}${flagged(step.seats) ? " !" : ""}`)));
  moves.push(el("li", {}, el("button", { type: "button", onclick: () => show(data.steps.length) }, "end")));
  panel.replaceChildren(
    el("div", { class: "bar" }, el("h3", {}, `${entry.game}: ${entry.agents.join(" v ")}`),
      button("‹ episode", "Previous episode in the list", () => neighbour(-1)),
      button("episode ›", "Next episode in the list", () => neighbour(1)), button("close", "Close the replay", close)),
    el("p", { class: "about" }, about.join(" · ")),
    el("div", { class: "stage" },
      el("div", {}, el("div", { class: "picture" }),
        el("div", { class: "slide" }, button("‹", "Step back", () => show(open.step - 1), "back"),
          el("input", { type: "range", min: 0, max: data.steps.length, "aria-label": "Step", oninput: (event) => show(Number(event.target.value)) }),
          button("›", "Step on", () => show(open.step + 1), "on"), el("span", { class: "clock" })),
        el("ol", { class: "moves" }, ...moves)),
      el("div", { class: "detail" })));
  panel.hidden = false;
}

async function openEpisode(number, step = 0, scroll = true) {
  if (!index[number] || !byId(`episode-${number}`)) return;
  const mine = ++wanted;
  const [data, shared] = await Promise.all([unpack(`episode-${number}`), unpack("shared")]);
  if (mine !== wanted) return;
  open = { number, step, data, shared };
  rows.forEach((row, place) => row.classList.toggle("open", place === number));
  const held = holdsFocus() ? document.activeElement.getAttribute("aria-label") : null;
  build(number, data);
  if (held) panel.querySelector(`[aria-label="${CSS.escape(held)}"]`)?.focus();
  remember({ episode: String(number) });
  show(step);
  if (scroll) panel.scrollIntoView({ block: "nearest" });
}

const holdsFocus = () => panel.contains(document.activeElement);

function close() {
  // The keyboard goes on from the episode in the list, not from the top of the page.
  if (open && holdsFocus()) rows[open.number].querySelector("a")?.focus();
  wanted++;
  open = null;
  panel.hidden = true;
  panel.replaceChildren();
  rows.forEach((row) => row.classList.remove("open"));
  remember({ episode: null, step: null });
}

function neighbour(way) {
  let next = open.number + way;
  while (rows[next] && (rows[next].hidden || !byId(`episode-${next}`))) next += way;
  if (rows[next]) openEpisode(next);
}

function keys(event) {
  const field = event.target;
  if (!open || event.altKey || event.ctrlKey || event.metaKey || field.tagName === "SELECT") return;
  // A slider moves by its own arrow keys.
  if (field.tagName === "INPUT" && event.key !== "Escape") return;
  const way = { ArrowLeft: open.step - 1, ArrowRight: open.step + 1, Home: 0, End: open.data.steps.length }[event.key];
  if (way !== undefined) {
    event.preventDefault();
    show(way);
  } else if (event.key === "Escape") close();
}

function restore() {
  const want = state();
  for (const field of filters.elements) {
    if (field.type === "checkbox") field.checked = want.has(field.name);
    else if (field.name) field.value = want.get(field.name) || "";
    if (field.tagName === "SELECT" && field.selectedIndex < 0) field.value = "";
  }
  filter();
  if (want.has("episode")) openEpisode(Number(want.get("episode")), Number(want.get("step")) || 0);
}
