// Wiring, when all of the script is there.
fill(filters.elements.agent, index.flatMap((entry) => entry.agents));
fill(filters.elements.game, index.map((entry) => entry.game));
filters.hidden = false;
filters.addEventListener("input", filter);
filters.addEventListener("submit", (event) => event.preventDefault());
rows.forEach((row, number) => row.addEventListener("click", (event) => {
  event.preventDefault();
  openEpisode(number);
}));
document.addEventListener("keydown", keys);
addEventListener("hashchange", restore);
restore();
