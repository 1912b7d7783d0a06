// The list of episodes: filters, sorting and pages. What is chosen is part of the address.
const PAGE = 200;
const filters = byId("filters");
const body = document.querySelector(".list tbody");
let shown = lines; // the lines that pass the filters, in the order of the list
let from = 0;

function fill(select, values) {
  for (const value of [...new Set(values)].filter(Boolean)) select.append(el("option", { value }, value));
}

function matches(line, want) {
  if ((want.game && line.game !== want.game) || (want.cause && line.cause !== want.cause)) return false;
  if ((want.illegal && !line.illegal) || (want.inconsistent && !line.inconsistent) || (want.flipped && !line.flipped)) return false;
  const seats = want.agent ? line.agents.flatMap((agent, seat) => (agent === want.agent ? [seat] : [])) : [0];
  if (!seats.length) return false;
  if (want.result && !seats.some((seat) => line.results[seat] === (want.result === "none" ? "" : want.result))) return false;
  if (!want.find) return true;
  const words = [line.key, line.run, line.game, line.result, line.cause, ...line.agents].join("\n").toLowerCase();
  return want.find.toLowerCase().split(/\s+/).every((word) => words.includes(word));
}

const orders = {
  number: (line) => line.number, game: (line) => line.game, agents: (line) => line.agents.join(" "), result: (line) => line.result,
  steps: (line) => line.steps, illegal: (line) => line.illegal, inconsistent: (line) => line.inconsistent,
  right: (line) => (line.asked ? line.right / line.asked : -1), tokens: (line) => line.tokens,
  usd: (line) => line.usd ?? Infinity, seconds: (line) => line.seconds,
};

/** Compare two lines; equal ones keep the order of the schedule. */
function sorted(found, sort) {
  const order = orders[sort.replace("-", "")];
  if (!order) return found;
  const way = sort.startsWith("-") ? -1 : 1;
  return [...found].sort((a, b) => {
    const [x, y] = [order(a), order(b)];
    return (x < y ? -way : x > y ? way : 0) || a.number - b.number;
  });
}

function row(line) {
  const number = (text) => el("td", { class: "number" }, String(text));
  const left = (...children) => el("td", { class: "left" }, ...children);
  const address = new URLSearchParams(Object.entries(addressOf(line)).filter(([, value]) => value !== null));
  const seats = line.agents.flatMap((agent, seat) => [seat ? el("span", { class: "faint" }, " v ") : "", el("span", { class: "seat" }, agent)]);
  return el("tr", { "data-number": line.number, class: open && open.line === line ? "open" : false },
    line.opens ? el("td", { class: "number" }, el("a", { href: `#${address}`, title: `Replay ${line.key}` }, String(line.place))) : number(line.place),
    left(line.game, severalRuns ? el("span", { class: "sub" }, line.run) : ""), left(...seats),
    left(line.result, line.flipped ? el("span", { class: "badge" }, "flipped") : ""), number(line.steps),
    number(line.illegal || ""), number(line.inconsistent || ""), number(line.asked ? `${line.right}/${line.asked}` : ""),
    number(line.tokens ? tokenCount(line.tokens) : ""), number(line.usd === 0 ? "" : dollars(line.usd)), number(duration(line.seconds)));
}

/** Write the present page of the list. */
function list() {
  from = Math.max(0, Math.min(from, Math.floor((shown.length - 1) / PAGE) * PAGE));
  body.replaceChildren(...shown.slice(from, from + PAGE).map(row));
  const all = shown.length === lines.length ? `${tokenCount(shown.length)} episodes` : `${tokenCount(shown.length)} of ${tokenCount(lines.length)} episodes`;
  byId("count").textContent = shown.length > PAGE ? `${all}, ${tokenCount(from + 1)} to ${tokenCount(Math.min(from + PAGE, shown.length))} shown` : all;
  byId("pages").hidden = shown.length <= PAGE;
  byId("earlier").disabled = from === 0;
  byId("later").disabled = from + PAGE >= shown.length;
}

/** Read the filters, and show what passes them. */
function filter() {
  const want = {};
  for (const field of filters.elements) if (field.name) want[field.name] = field.type === "checkbox" ? field.checked : field.value.trim();
  const sort = state().get("sort") || "";
  shown = sorted(lines.filter((line) => matches(line, want)), sort);
  for (const head of document.querySelectorAll(".list thead th")) {
    const mine = sort.replace("-", "") === head.dataset.sort;
    if (mine) head.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  from = 0;
  list();
  remember(want);
}

/** The first press sorts the largest first where that is what is looked for, the second turns it, the third ends it. */
function sortBy(key) {
  const first = ["number", "game", "agents", "result"].includes(key) ? key : `-${key}`;
  const second = first.startsWith("-") ? key : `-${key}`;
  const now = state().get("sort") || "";
  remember({ sort: now === first ? second : now === second ? null : first });
  filter();
}

function turn(pages) {
  from += pages * PAGE;
  list();
  document.querySelector(".scroll.tall").scrollTop = 0;
}
