"""How the shop's web pages look: in light and dark, on wide screens and narrow ones."""

STYLE = """\
:root { color-scheme: light dark; --line: #c9ced6; --soft: #f3f5f8; --ink: #1b1f24; --back: #ffffff; --blue: #0b57a4;
  --done: #1a7f37; }
@media (prefers-color-scheme: dark) { :root { --line: #444c56; --soft: #22272e; --ink: #e6edf3; --back: #15191e;
  --blue: #6cb6ff; --done: #57ab5a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header { border-bottom: 1px solid var(--line); background: var(--soft); }
header h1, main, p[role=status] { max-width: 60rem; margin: 0 auto; padding: .75rem 1rem; }
p[role=status] { border-left: .3rem solid #bf8700; background: var(--soft); margin-top: 1rem; }
#instruction { padding: .75rem 1rem; background: var(--soft); border: 1px solid var(--line); border-radius: .5rem; }
form { margin: 1rem 0; }
form:first-of-type { display: flex; gap: .5rem; }
input { flex: 1; min-width: 0; }
input, button { font: inherit; padding: .45rem .8rem; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--back); color: var(--ink); min-height: 2.6rem; max-width: 100%; overflow-wrap: anywhere; }
button { cursor: pointer; }
button:hover { border-color: var(--blue); }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
button[aria-pressed=true] { border-color: var(--blue); box-shadow: inset 0 0 0 1px var(--blue); font-weight: 700; }
button[value="click[buy now]"] { background: var(--done); border-color: var(--done); color: #fff; font-weight: 700; }
@media (prefers-color-scheme: dark) { button[value="click[buy now]"] { color: #0b0f14; } }
nav { display: flex; flex-wrap: wrap; gap: .5rem; }
h1 { font-size: 1.25rem; line-height: 1.35; overflow-wrap: anywhere; }
h1.shop { font-size: 1rem; line-height: 1.5; font-weight: 700; letter-spacing: .02em; }
h2 { font-size: 1rem; margin: .4rem 0; overflow-wrap: anywhere; }
article { display: grid; grid-template-columns: 8.5rem 1fr auto; gap: 0 1rem; align-items: center;
  padding: .6rem 0; border-top: 1px solid var(--line); }
article p { font-weight: 700; margin: 0; white-space: nowrap; }
.product-link { color: var(--blue); padding: .45rem; }
fieldset { border: 1px solid var(--line); border-radius: .5rem; margin: .75rem 0; display: flex; flex-wrap: wrap;
  gap: .5rem; min-width: 0; }
legend { font-weight: 700; padding: 0 .3rem; }
main p button { margin: .15rem 0; }
li { margin: .4rem 0; overflow-wrap: anywhere; }
#reward { font-size: 1.25rem; font-weight: 700; }
@media (max-width: 40rem) { article { grid-template-columns: 1fr auto; } article h2 { grid-column: 1 / -1; } }
"""
