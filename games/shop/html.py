"""Pages as HTML: what browsers show, and what an agent reads with the renderer ``html``.

Every click is a button that sends the action, so that the same page works in a browser: nothing is executed and nothing
is loaded. All text is escaped. What stands on a page is what the original shows; the bytes are our own.
"""

from __future__ import annotations

from html import escape

from kibitz.games.shop.view import Click, View


def page(view: View, address: str = "") -> str:
    """The body of a page.

    Args:
        view: What is on it.
        address: Where its forms are sent, by POST, with the action in the field ``action`` or, for a search, its words
            in the field ``query``; empty for the page's own address.
    """
    parts = [f'<p id="instruction"><b>Instruction:</b> {escape(view.instruction)}</p>']
    if view.visit.page == "done":
        parts += _done(view)
    else:
        parts += [_form(address, _search(view)), _form(address, _inside(view))]
        if view.strict:
            parts.append(f'<p id="left">Actions left: {view.left}</p>')
    return f'<main class="{view.visit.page}">\n{chr(10).join(parts)}\n</main>'


def _form(address: str, inside: str) -> str:
    return f'<form method="post" action="{escape(address)}">\n{inside}\n</form>'


def _search(view: View) -> str:
    return (
        f'<input id="search_input" name="query" value="{escape(view.visit.query)}" aria-label="Search" required>'
        '<button type="submit">Search</button>'
    )


def _button(click: Click, kind: str = "button") -> str:
    pressed = ' aria-pressed="true"' if click.clicked else ""
    label, action = escape(click.label), escape(click.action)
    return f'<button class="{kind}" name="action" value="{action}"{pressed}>{label}</button>'


def _inside(view: View) -> str:
    top = [_button(click) for click in view.buttons[:2]] if view.visit.page == "item" else map(_button, view.buttons)
    parts = [f"<nav>{' '.join(top)}</nav>"]
    product = view.product
    if view.visit.page == "results":
        count = len(view.visit.found)
        parts.append(f"<h1>Page {view.visit.number} of {view.pages} (total results: {count})</h1>")
        for one, price, click in view.products:
            link = _button(click, "product-link")
            parts.append(f"<article>{link}<h2>{escape(one.name)}</h2><p>{escape(price)}</p></article>")
    elif product is not None and view.visit.page == "item":
        parts += [f"<h1>{escape(product.name)}</h1>", f"<p>Price: {escape(view.price)}</p>", "<p>Rating: N.A.</p>"]
        for name, values in view.options:
            buttons = " ".join(_button(click, "option") for click in values)
            parts.append(f"<fieldset><legend>{escape(name)}</legend>{buttons}</fieldset>")
        parts.append(f"<p>{' '.join(_button(click) for click in view.buttons[2:])}</p>")
    elif product is not None:
        texts = "".join(f"<li>{escape(text)}</li>" for text in view.texts if text.strip())
        parts.append(f"<h1>{escape(product.name)}</h1><h2>{view.visit.page.capitalize()}</h2><ul>{texts}</ul>")
    return "\n".join(parts)


def _done(view: View) -> list[str]:
    assert view.product is not None, "something was bought"
    assert view.reward is not None, "something was bought"
    chosen = "; ".join(f"{name}: {value}" for name, value in view.visit.chosen) or "nothing"
    return [
        "<h1>Thank you for shopping with us!</h1>",
        f"<p>Bought: {escape(view.product.asin)}, {escape(view.product.name)}</p><p>Chosen: {escape(chosen)}</p>",
        f'<p id="reward">Your score (0 to 1): {view.reward:.4g}</p>',
    ]
