// Wiring, when all of the script is there.

/** Show what the address asks for. */
function restore() {
  const want = state();
  for (const field of filters.elements) {
    if (field.type === "checkbox") field.checked = want.has(field.name);
    else if (field.name) field.value = want.get(field.name) || "";
    if (field.tagName === "SELECT" && field.selectedIndex < 0) field.value = "";
  }
  filter();
  if (want.has("episode")) openEpisode(lineAt(want), Number(want.get("step")) || 0);
  else if (open) close();
  if (want.has("flip")) openFlip(Number(want.get("flip")), want.has("at") ? Number(want.get("at")) : null);
  else if (pair) closeBoth();
}

fill(filters.elements.agent, lines.flatMap((line) => line.agents));
fill(filters.elements.game, lines.map((line) => line.game));
fill(filters.elements.cause, lines.map((line) => line.cause));
filters.elements.cause.closest("label").hidden = filters.elements.cause.options.length < 2;
filters.hidden = false;
filters.addEventListener("input", filter);
filters.addEventListener("reset", () => setTimeout(() => {
  remember({ sort: null });
  filter();
}));
filters.addEventListener("submit", (event) => event.preventDefault());
for (const head of document.querySelectorAll(".list thead th")) {
  head.replaceChildren(el("button", { type: "button", class: "sort", onclick: () => sortBy(head.dataset.sort) }, head.textContent));
}
byId("earlier").addEventListener("click", () => turn(-1));
byId("later").addEventListener("click", () => turn(1));
body.addEventListener("click", (event) => {
  const pressed = event.target.closest("tr[data-number]");
  if (!pressed || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  openEpisode(lines[Number(pressed.dataset.number)]);
});
document.addEventListener("keydown", keys);
addEventListener("hashchange", () => {
  // A link to a part of the page leaves filters and replay as they are.
  if (location.hash.length < 2 || location.hash.includes("=")) restore();
});
restore();
