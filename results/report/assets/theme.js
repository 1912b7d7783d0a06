// Light or dark: as the reader's system has it, until the button says otherwise.
const theme = byId("theme");

/** Colours by name; the empty name follows the system. */
function paint(name) {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  theme.textContent = `Colours: ${name || "auto"}`;
}

/** The choice is kept where the browser lets a file keep anything. */
function chosen(name) {
  try {
    if (name === undefined) return localStorage.getItem("kibitz-colours") || "";
    if (name) localStorage.setItem("kibitz-colours", name);
    else localStorage.removeItem("kibitz-colours");
  } catch {
    // Nothing is kept then: the button works until the page is closed.
  }
  return name || "";
}

theme.addEventListener("click", () => {
  const next = { "": "light", light: "dark", dark: "" }[document.documentElement.dataset.theme || ""];
  chosen(next);
  paint(next);
});
theme.hidden = false;
paint({ light: "light", dark: "dark" }[chosen()] || "");
