// Two episodes side by side, from the same start: aligned step by step until they part.
const flips = byId("flips") ? JSON.parse(byId("flips").textContent) : { flips: [], sides: ["", ""] };
const both = byId("both");
let pair = null; // the flip that is shown: { number, sides: [episode, episode], parted, step }
let asked = 0;

for (const numbers of flips.flips) for (const number of numbers) lines[number].flipped = true;

const played = (step) => JSON.stringify(step.seats.map((move) => [move.seat, move.action]));

/** The first step in which the two differ: another action, or one of them is over. */
function parting([one, other]) {
  const length = Math.min(one.steps.length, other.steps.length);
  for (let step = 0; step < length; step++) if (played(one.steps[step]) !== played(other.steps[step])) return step;
  return one.steps.length === other.steps.length ? null : length;
}

function half(side) {
  const episode = pair.sides[side];
  const last = episode.steps.length;
  const number = Math.min(pair.step, last);
  const now = episode.steps[number];
  const where = now ? `step ${number} of 0–${last - 1}` : `the end, after ${last} steps`;
  const address = new URLSearchParams(Object.entries({ ...addressOf(episode.line), step: number || null }).filter(([, value]) => value !== null));
  return el("div", { class: "half" },
    el("h4", {}, side ? "Candidate: " : "Baseline: ", flips.sides[side]),
    meta(`${episode.line.result} · ${where}`),
    el("p", { class: "meta" }, el("a", { href: `#${address}` }, "open this episode alone")),
    swipes(el("div", { class: "picture" }, board(episode, number)), (way) => showBoth(pair.step + way)),
    ...(now ? now.seats.map((move) => moveCard(move, number, episode)) : [endCard(episode)]));
}

function showBoth(step) {
  const last = Math.max(...pair.sides.map((episode) => episode.steps.length));
  pair.step = Math.max(0, Math.min(last, step));
  const part = (name) => both.querySelector(name);
  part(".halves").replaceChildren(half(0), half(1));
  part("input").value = pair.step;
  part(".clock").textContent = pair.step === last ? "the end" : `step ${pair.step}`;
  const place = pair.parted === null ? "same" : pair.step < pair.parted ? "same" : pair.step === pair.parted ? "part" : "apart";
  part(".parting").className = `parting ${place}`;
  part(".parting").textContent = {
    same: "Up to here both are the same.", part: "✗ Here they part: the first step that differs.", apart: "From here on they are different games.",
  }[place];
  both.querySelectorAll(".moves button").forEach((one) => {
    const mine = Number(one.dataset.from) <= pair.step && pair.step <= Number(one.dataset.to);
    if (mine) one.setAttribute("aria-current", "step");
    else one.removeAttribute("aria-current");
  });
  remember({ flip: String(pair.number), at: pair.step });
}

/** The time line of both: what is the same is one button, then a button for each step. */
function timeline() {
  const last = Math.max(...pair.sides.map((episode) => episode.steps.length));
  const parted = pair.parted ?? last;
  const found = [];
  const put = (start, end, label, name) => {
    const made = button(label, end > start ? `Steps ${start} to ${end}, the same on both sides` : `Step ${start}`, () => showBoth(start), name);
    Object.assign(made.dataset, { from: start, to: end });
    found.push(el("li", {}, made));
  };
  if (parted > 1) put(0, parted - 1, `0–${parted - 1} the same`, "");
  else if (parted === 1) put(0, 0, "0 the same", "");
  for (let step = parted; step < last; step++) {
    const moves = pair.sides.map((episode) => episode.steps[step]?.seats.map((move) => move.action || "asked").join(" | ") || "–");
    put(step, step, `${step}. ${moves.join(" / ")}`, step === parted ? "flag" : "");
  }
  put(last, last, "end", "");
  return el("ol", { class: "moves" }, ...found);
}

async function openFlip(number, step = null) {
  const numbers = flips.flips[number];
  if (!numbers) return;
  const mine = ++asked;
  const sides = await Promise.all(numbers.map(load));
  if (mine !== asked) return;
  pair = { number, sides, parted: parting(sides), step: 0 };
  const [one, other] = sides;
  const same = pair.parted === null ? "the same actions to the end" : pair.parted ? `the same for ${pair.parted} steps` : "different from the first step";
  const last = Math.max(...sides.map((episode) => episode.steps.length));
  both.replaceChildren(
    el("div", { class: "bar" }, el("h3", {}, `${one.line.key}${other.line.key === one.line.key ? "" : ` and ${other.line.key}`}`),
      button("‹ flip", "Previous flip", () => openFlip(pair.number - 1)), button("flip ›", "Next flip", () => openFlip(pair.number + 1)),
      button("copy link", "Copy a link to this step", copyLink), button("close", "Close the comparison", closeBoth)),
    el("p", { class: "about" }, `${same} · environment seed ${one.replay.seed}`),
    el("div", { class: "slide" }, button("‹", "Step back", () => showBoth(pair.step - 1)),
      el("input", { type: "range", min: 0, max: last, "aria-label": "Step of both", oninput: (event) => showBoth(Number(event.target.value)) }),
      button("›", "Step on", () => showBoth(pair.step + 1)), el("span", { class: "clock", role: "status" })),
    timeline(), el("p", { class: "parting" }), el("div", { class: "halves" }));
  both.hidden = false;
  showBoth(step ?? pair.parted ?? 0);
  both.scrollIntoView({ block: "start" });
}

function closeBoth() {
  asked++;
  const link = document.querySelectorAll(".flips .aside button")[pair.number];
  pair = null;
  both.hidden = true;
  both.replaceChildren();
  remember({ flip: null, at: null });
  link?.focus();
}

if (both) {
  byId("filters").querySelector(".only-diff").hidden = false;
  document.querySelectorAll(".flips .side-head").forEach((head) => (head.hidden = false));
  document.querySelectorAll(".flips tbody tr").forEach((line, number) => line.append(
    el("td", { class: "left aside" }, button("compare", `Compare both episodes of ${line.cells[0].textContent}`, () => openFlip(number)))));
}
