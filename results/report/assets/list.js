// The list of episodes and its filters.
const index = JSON.parse(byId("index").textContent);
const rows = [...document.querySelectorAll(".list tbody tr")];
const filters = byId("filters");

function fill(select, values) {
  for (const value of [...new Set(values)]) select.append(el("option", { value }, value));
}

function matches(entry, want) {
  const seats = entry.agents.map((_, seat) => seat).filter((seat) => !want.agent || entry.agents[seat] === want.agent);
  if (!seats.length || (want.game && entry.game !== want.game)) return false;
  if ((want.illegal && !entry.illegal) || (want.inconsistent && !entry.inconsistent)) return false;
  const results = want.agent ? seats.map((seat) => entry.results[seat]) : [entry.results[0]];
  return !want.result || results.includes(want.result === "none" ? "" : want.result);
}

function filter() {
  const want = {};
  for (const field of filters.elements) if (field.name) want[field.name] = field.type === "checkbox" ? field.checked : field.value;
  let shown = 0;
  rows.forEach((row, number) => {
    row.hidden = !matches(index[number], want);
    shown += !row.hidden;
  });
  byId("count").textContent = shown === rows.length ? `${shown} episodes` : `${shown} of ${rows.length} episodes`;
  remember(want);
}
