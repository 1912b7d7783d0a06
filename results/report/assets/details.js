// What stands behind a number (sample size, interval, baseline): shown beside a cell that is pointed at, tapped or
// reached with the keyboard. Without scripts the browser's own tooltips say the same.
const tip = el("div", { class: "tip", "aria-hidden": "true", hidden: true });
document.body.append(tip);
let told = null;

/** Show the details of a cell; none hides them. */
function tell(cell) {
  told = cell;
  tip.hidden = !cell;
  if (!cell) return;
  tip.replaceChildren(...cell.dataset.detail.split("; ").map((part) => el("p", {}, part)));
  const box = cell.getBoundingClientRect();
  const room = document.documentElement.clientWidth;
  const left = Math.max(8, Math.min(box.left + box.width / 2 - tip.offsetWidth / 2, room - tip.offsetWidth - 8));
  const above = box.top - tip.offsetHeight - 8;
  tip.style.left = `${left + scrollX}px`;
  tip.style.top = `${(above > 0 ? above : box.bottom + 8) + scrollY}px`;
}

/** The cell that arrow keys lead to from another one; undefined at an edge or where there is none. */
function beside(cell, key) {
  const row = cell.parentElement;
  const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key];
  if (!way) return undefined;
  let [line, column] = [row.rowIndex + way[0], cell.cellIndex + way[1]];
  const lines = row.closest("table").rows;
  while (lines[line]?.cells[column]) {
    const next = lines[line].cells[column];
    if (next.dataset.detail) return next;
    line += way[0];
    column += way[1];
  }
  return undefined;
}

for (const table of document.querySelectorAll("main table")) {
  const cells = [...table.querySelectorAll("td[title]")];
  cells.forEach((cell, place) => {
    cell.dataset.detail = cell.title;
    cell.removeAttribute("title");
    // One stop of the Tab key for each table; arrow keys lead on from there.
    cell.tabIndex = place ? -1 : 0;
  });
}

const detailed = (event) => event.target.closest?.("td[data-detail]") || null;
document.addEventListener("pointerover", (event) => tell(detailed(event)));
document.addEventListener("focusin", (event) => tell(detailed(event)));
document.addEventListener("focusout", () => tell(null));
document.addEventListener("scroll", () => told && tell(told), true);
document.addEventListener("keydown", (event) => {
  const cell = detailed(event);
  if (!cell) return;
  if (event.key === "Escape" && told) {
    tell(null);
    event.stopImmediatePropagation();
    return;
  }
  const next = beside(cell, event.key);
  if (!next) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});
