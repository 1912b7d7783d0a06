// The replay of one episode.
const panel = byId("replay");
const LONG = 60; // steps; beyond it the time line has no words
let open = null; // the episode that is shown, as ``load`` gives it, with its present ``step``
let wanted = 0; // counts openings, so that a slow one cannot overtake a later one

const button = (text, label, action, name = "") => el("button", { type: "button", class: name, "aria-label": label, title: label, onclick: action }, text);

function show(step) {
  const last = open.steps.length;
  open.step = Math.max(0, Math.min(last, step));
  const now = open.steps[open.step];
  const part = (name) => panel.querySelector(name);
  part(".picture").replaceChildren(board(open, open.step));
  part(".detail").replaceChildren(...(now ? now.seats.map((move) => moveCard(move, open.step, open)) : [endCard(open)]));
  const clock = now ? `step ${open.step} of 0–${last - 1}` : "the end";
  part("input").value = open.step;
  part("input").setAttribute("aria-valuetext", clock);
  part(".clock").textContent = clock;
  part(".back").disabled = open.step === 0;
  part(".on").disabled = open.step === last;
  panel.querySelectorAll(".moves button").forEach((one, place) => {
    if (place === open.step) one.setAttribute("aria-current", "step");
    else one.removeAttribute("aria-current");
  });
  remember({ step: open.step || null });
}

/** Put the page's address, which names the episode and the step, into the clipboard. */
async function copyLink(event) {
  const pressed = event.currentTarget;
  let done = true;
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    // Where the browser keeps the clipboard from files, the old way still works.
    const field = el("textarea", { class: "hidden" });
    field.value = location.href;
    panel.append(field);
    field.select();
    done = document.execCommand("copy");
    field.remove();
    pressed.focus();
  }
  pressed.textContent = done ? "copied" : "copy the address";
  setTimeout(() => (pressed.textContent = "copy link"), 1500);
}

/** Fingers: a swipe over the picture is a step. */
function swipes(node, move) {
  let start = null;
  node.addEventListener("touchstart", (event) => (start = event.touches[0]), { passive: true });
  node.addEventListener("touchend", (event) => {
    const [dx, dy] = [event.changedTouches[0].clientX - start.clientX, event.changedTouches[0].clientY - start.clientY];
    if (Math.abs(dx) > 40 && Math.abs(dx) > 2 * Math.abs(dy)) move(dx < 0 ? 1 : -1);
  });
  return node;
}

function build() {
  const { line, steps, replay } = open;
  const about = [line.result, line.key, `episode ${line.place}`, `environment seed ${replay.seed}`];
  if (severalRuns) about.unshift(`run ${line.run}`);
  const small = steps.length > LONG;
  const moves = steps.map((step, place) => el("li", {}, stepButton(place, step, () => show(place), small)));
  moves.push(el("li", {}, button("end", "The end", () => show(steps.length))));
  panel.replaceChildren(
    el("div", { class: "bar" }, el("h3", {}, `${line.game}: ${line.agents.join(" v ")}`),
      button("‹ episode", "Previous episode in the list", () => neighbour(-1)),
      button("episode ›", "Next episode in the list", () => neighbour(1)),
      button("copy link", "Copy a link to this step", copyLink), button("close", "Close the replay", close)),
    el("p", { class: "about" }, about.join(" · ")),
    el("div", { class: "stage" },
      el("div", { class: "view" }, swipes(el("div", { class: "picture" }), (way) => show(open.step + way)),
        el("div", { class: "slide" }, button("‹", "Step back", () => show(open.step - 1), "back"),
          el("input", { type: "range", min: 0, max: steps.length, "aria-label": "Step", oninput: (event) => show(Number(event.target.value)) }),
          button("›", "Step on", () => show(open.step + 1), "on"), el("span", { class: "clock", role: "status" })),
        el("ol", { class: `moves${small ? " long" : ""}` }, ...moves)),
      el("div", { class: "detail" })));
  panel.hidden = false;
}

async function openEpisode(line, step = 0, scroll = true) {
  if (!line || !line.opens) return;
  const mine = ++wanted;
  const episode = await load(line.number);
  if (mine !== wanted) return;
  open = Object.assign(episode, { step });
  markOpen();
  const held = holdsFocus() ? document.activeElement.getAttribute("aria-label") : null;
  build();
  if (held) panel.querySelector(`[aria-label="${CSS.escape(held)}"]`)?.focus();
  remember(addressOf(line));
  show(step);
  if (scroll) panel.scrollIntoView({ block: "start" });
}

function markOpen() {
  for (const one of body.rows) one.classList.toggle("open", Boolean(open) && Number(one.dataset.number) === open.line.number);
}

const holdsFocus = () => panel.contains(document.activeElement);

function close() {
  // The keyboard goes on from the episode in the list, not from the top of the page.
  const link = open && holdsFocus() ? body.querySelector(`[data-number="${open.line.number}"] a`) : null;
  wanted++;
  open = null;
  panel.hidden = true;
  panel.replaceChildren();
  markOpen();
  remember({ run: null, episode: null, step: null });
  link?.focus();
}

/** The next episode of the list that can be opened, or the one before. */
function neighbour(way) {
  let place = shown.indexOf(open.line);
  do place += way;
  while (shown[place] && !shown[place].opens);
  if (!shown[place]) return;
  const page = Math.floor(place / PAGE) * PAGE;
  if (page !== from) {
    from = page;
    list();
  }
  openEpisode(shown[place]);
}

/** Arrow keys belong to the two episodes side by side while the keyboard is there, or nothing else is open. */
function keys(event) {
  const field = event.target;
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || /^(SELECT|TEXTAREA)$/.test(field.tagName)) return;
  // A slider moves by its own arrow keys, and a field for words has its own use for them.
  if (field.tagName === "INPUT" && event.key !== "Escape") return;
  const two = pair && (!open || both.contains(field));
  if (!two && !open) return;
  const [step, last] = two ? [pair.step, Infinity] : [open.step, open.steps.length];
  const way = { ArrowLeft: step - 1, ArrowRight: step + 1, Home: 0, End: last }[event.key];
  if (way !== undefined) {
    event.preventDefault();
    (two ? showBoth : show)(way);
  } else if (event.key === "Escape") (two ? closeBoth : close)();
}
