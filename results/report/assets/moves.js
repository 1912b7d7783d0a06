// What one seat did in one step: its action, its answers beside the truths, what it was asked and what it said.
const verdicts = {
  right: ["✓ right", "right"], wrong: ["✗ wrong", "wrong"], malformed: ["⚠ unreadable", "malformed"],
  missing: ["– not given", "missing"], unknown: ["? truth unknown", "unknown"],
};
const folded = (title, isOpen, ...children) => el("details", { open: isOpen }, el("summary", {}, title), ...children);
const said = (text) => el("pre", { class: "said", tabindex: 0 }, text);
const meta = (text) => el("p", { class: "meta" }, text);
const heads = (...texts) => el("thead", {}, el("tr", {}, ...texts.map((text) => el("th", { scope: "col" }, text))));

function answers(move, episode) {
  if (!move.answers) return null;
  const rows = move.answers.map((answer) => {
    const [text, name] = verdicts[answer.verdict] || verdicts.unknown;
    const about = answer.action === undefined ? "" : ` (after ${answer.action})`;
    return el("tr", { class: name },
      el("td", {}, el("b", { class: "ask" }, answer.id), (episode.questions[answer.id] || "") + about),
      el("td", {}, answer.given ?? "–"), el("td", {}, answer.truth ?? "–"),
      el("td", { class: "verdict" }, text, answer.note ? el("span", { class: "sub" }, answer.note) : ""));
  });
  return asTable(el("table", { class: "answers" }, heads("question", "answer", "truth", "mark"), el("tbody", {}, ...rows)));
}

/** Says what the parts of a table are: where styles lay it out in another way, a screen reader would not know. */
function asTable(table) {
  const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", th: "columnheader", td: "cell" };
  for (const part of [table, ...table.querySelectorAll("*")]) if (roles[part.localName]) part.setAttribute("role", roles[part.localName]);
  return table;
}

function badges(move, forfeit) {
  const found = [];
  const badge = (text, kind = "") => found.push(el("span", { class: `badge ${kind}` }, text));
  if (move.fallback) badge(forfeit ? "✗ fallback acted: counts as a forfeit" : "✗ fallback acted", "bad");
  for (const complaint of move.complaints || []) badge(`✗ bad reply: ${complaint.reason || complaint.problem}`, "bad");
  if (move.consistent === true) badge("✓ did what it said", "good");
  if (move.regret !== undefined) {
    const by = move.method && move.method !== "exact" ? ` (by a search, ${move.method})` : "";
    badge(move.regret > 0 ? `regret ${+move.regret.toFixed(3)}${by}` : `✓ a best action${by}`, move.regret > 0 ? "" : "good");
  }
  if (move.effect === "no_effect") badge("previous action had no effect");
  if (move.effect === "error") badge("✗ previous action failed", "bad");
  if (move.greedy !== undefined && move.greedy !== move.action) badge(`changed its mind from ${move.greedy}`);
  return found.length ? el("p", { class: "badges" }, ...found) : null;
}

/** The actions that were considered: how many replies proposed each, its scores, a veto, and the one that was chosen. */
function candidates(move) {
  const all = move.candidates || [];
  const names = [...new Set(all.flatMap((one) => Object.keys(one.scores || {})))].sort();
  if (all.length < 2 && !names.length && !all.some((one) => one.veto)) return null;
  const vetoes = all.some((one) => one.veto);
  const rows = all.map((one) => {
    const chosen = one.action === move.action;
    const scores = names.map((name) => el("td", { class: "number" }, one.scores && name in one.scores ? String(+one.scores[name].toFixed(3)) : "–"));
    return el("tr", { class: chosen ? "chosen" : one.veto ? "vetoed" : false },
      el("td", {}, el("code", {}, one.action), chosen ? " ✓ chosen" : ""), el("td", { class: "number" }, String(one.replies || 0)),
      ...scores, ...(vetoes ? [el("td", {}, one.veto ? `✗ ${one.veto}` : "")] : []));
  });
  return el("table", { class: "candidates" }, el("caption", {}, `Candidates (${all.length})`),
    heads("action", "replies", ...names, ...(vetoes ? ["veto"] : [])), el("tbody", {}, ...rows));
}

/** A picture that was sent to the model, or why it is not here. */
function sight(digest) {
  const name = index.pictures[digest] || "-missing";
  const why = { "-missing": "is not in the journal", "-large": "is beyond the limit of this page: build it with --images DIR", "-foreign": "is of a kind that is not shown" };
  if (why[name]) return meta(`A picture was sent here; it ${why[name]}.`);
  const block = name.startsWith("#") ? byId(name.slice(1)) : null;
  return el("img", { class: "sight", alt: "What the model was shown", src: block ? `data:${block.type};base64,${block.textContent}` : name });
}

function calls(found, episode) {
  return found.map((call) => {
    const parts = call.messages.flatMap(({ role, text, images }) => [meta(role), ...(images || []).map(sight), said(episode.text(text) || "[empty]")]);
    const thoughts = (call.thoughts || []).flatMap((n) => [meta("reasoning"), said(episode.text(n))]);
    const replies = (call.replies || []).flatMap((n) => [meta("reply"), said(episode.text(n) || "[empty]")]);
    const [sent, got] = call.tokens || [0, 0];
    const spent = [call.role, ...(sent + got ? [`${sent} + ${got} tokens`] : []), `${(call.seconds || 0).toFixed(2)} s`, ...(call.finish || []).map((end) => `ended by ${end}`)];
    return folded(`Prompt and reply: ${call.scope} (${spent.join(", ")})`, false, ...parts, ...thoughts, ...replies);
  });
}

/** One seat's card in step ``number``. */
function moveCard(move, number, episode) {
  const forfeit = episode.replay.ending?.forfeit;
  const isForfeit = Boolean(forfeit && forfeit[0] === number && forfeit[1].includes(move.seat));
  const [sent, got] = move.tokens || [0, 0];
  const facts = [`seat ${move.seat}`];
  if (sent + got) facts.push(`${tokenCount(sent)} + ${tokenCount(got)} tokens`, move.usd === null ? "price unknown" : move.usd ? dollars(move.usd) : "no cost");
  if (move.seconds) facts.push(duration(move.seconds));
  const agent = episode.line.agents[move.seat];
  const shown = (move.calls || []).flatMap((call) => call.messages.flatMap((message) => message.images || []));
  return el("article", { class: `move${move.consistent === false ? " broken" : ""}` },
    move.action ? el("h4", {}, `${agent} played `, el("code", {}, move.action)) : el("h4", {}, `${agent} was asked`),
    meta(facts.join(" · ")),
    move.consistent === false ? el("p", { class: "broke" }, el("b", {}, "✗ Said it, did not do it. "), "This action contradicts the agent's own answers.") : null,
    badges(move, isForfeit), answers(move, episode), candidates(move),
    ...[...new Set(shown)].map(sight),
    move.reply === undefined ? null : folded("Reply", true, said(episode.text(move.reply))),
    move.thought === undefined ? null : folded("Reasoning, as the model gave it", false, said(episode.text(move.thought))),
    folded("What it saw", false, said(episode.text(move.saw))),
    ...calls(move.calls || [], episode));
}

/** Numbers as people read them, with a minus sign. */
const signed = (value) => String(+value.toFixed(4)).replace("-", "−");

const rewardsOf = (rewards, agents) => rewards.map((reward, seat) => `${agents[seat]} ${signed(reward)}`).join(", ");

/** How an episode ended, as a card. */
function endCard(episode) {
  const end = episode.replay.ending;
  const loose = (episode.replay.loose || []).flatMap(([step, seat, call]) => [meta(`Step ${step} was not finished; seat ${seat}:`), ...calls([call], episode)]);
  if (!end) return el("article", { class: "move" }, el("h4", {}, "Not finished"), ...loose);
  if (end.status !== "done") return el("article", { class: "move broken" }, el("h4", {}, `Failed: ${end.cause}`), said(end.message || ""), ...loose);
  const { agents } = episode.line;
  const acted = episode.steps.some((step) => step.seats.some((move) => move.action));
  const rewards = acted ? `Rewards: ${rewardsOf(end.reward || [], agents)}` : "Nothing is played here: only the answers count.";
  const offenders = end.forfeit && end.forfeit[1].map((seat) => agents[seat]).join(" and ");
  const played = end.forfeit ? `The fallback acted for ${offenders} in step ${end.forfeit[0]}, which counts as a forfeit; as it was played on: ${rewardsOf(end.played || end.reward || [], agents)}` : null;
  return el("article", { class: "move" }, el("h4", {}, `The end: ${end.reason || episode.line.result}`), el("p", {}, rewards), played ? el("p", {}, played) : null);
}

/** The picture of a position; step ``number`` past the last one is the end. */
function board(episode, number) {
  const step = episode.steps[number];
  const svg = episode.picture(step ? step.picture : episode.replay.ending?.picture);
  const drawn = svg && new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  return drawn && drawn.localName === "svg" ? document.importNode(drawn, true) : meta("No picture of this position.");
}

/** What a step is in the time line: how many answers are right and wrong, and what went wrong beyond that. */
function judged(step) {
  const all = step.seats.flatMap((move) => move.answers || []);
  const right = all.filter((answer) => answer.verdict === "right").length;
  const known = all.filter((answer) => answer.verdict !== "unknown").length;
  const faults = [];
  if (step.seats.some((move) => move.fallback)) faults.push("the fallback acted");
  if (step.seats.some((move) => move.complaints)) faults.push("a bad reply");
  if (step.seats.some((move) => move.consistent === false)) faults.push("said it, did not do it");
  return { right, wrong: known - right, faults };
}

/** The time line's button for a step; its bar is green and red as its answers are right and wrong. */
function stepButton(number, step, action, small) {
  const { right, wrong, faults } = judged(step);
  const moved = step.seats.map((move) => move.action || "asked").join(" | ");
  const bar = el("span", { class: "tally", "aria-hidden": "true" });
  for (const [name, share] of [["right", right], ["wrong", wrong]]) {
    if (!share) continue;
    const part = el("i", { class: name });
    part.style.flexGrow = share;
    bar.append(part);
  }
  const words = [`step ${number}: ${moved}`, ...(right + wrong ? [`${right} of ${right + wrong} answers right`] : []), ...faults].join("; ");
  const label = small ? (faults.length ? "!" : "") : `${number}. ${moved}${faults.length ? " !" : ""}`;
  return el("button", { type: "button", class: `${faults.length ? "flag" : ""}${small ? " small" : ""}`, title: words, "aria-label": words, onclick: action }, el("span", {}, label), bar);
}
