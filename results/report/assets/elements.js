// Making elements, unpacking data, and what the address of the page remembers.
const byId = (id) => document.getElementById(id);
const packed = new Map();

/** Make an element; children are elements or texts. */
function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Unpack a block: base64, deflate, JSON. The latest few stay unpacked. */
function unpack(id) {
  if (!packed.has(id)) {
    const bytes = Uint8Array.from(atob(byId(id).textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    packed.set(id, new Response(stream).json());
    for (const old of packed.keys()) if (packed.size > 12 && old !== id) packed.delete(old);
  }
  return packed.get(id);
}

/** What the address asks for; one that only names a place in the page asks for nothing. */
const state = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");

function remember(changes) {
  const next = state();
  for (const [key, value] of Object.entries(changes)) {
    if (value === "" || value === null || value === false) next.delete(key);
    else next.set(key, value);
  }
  const text = next.toString();
  if (text !== state().toString()) history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
}
