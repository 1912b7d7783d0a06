"""Pages as agents read them in strict mode: what is chosen, what counts as the price, and what is left is told."""

from __future__ import annotations

from kibitz.games.shop.view import View


def text(view: View) -> str:
    """A page in lines; what can be clicked beside the buttons stands in brackets."""
    lines = [f"Instruction: {view.instruction}", *_page(view)]
    if view.visit.page != "done":
        lines.append(f"Actions left: {view.left}")
    return "\n".join(lines)


def _page(view: View) -> list[str]:
    visit, product = view.visit, view.product
    if visit.page == "search":
        return ["Page: search"]
    if visit.page == "results":
        where = f"Page: results, {visit.number} of {view.pages}"
        found = f"{len(visit.found) or 'no'} product{'s' * (len(visit.found) != 1)} found"
        listed = [f"[{click.label}] {one.name} ({price})" for one, price, click in view.products]
        return [where, f"Query: {visit.query}, {found}", *listed]
    assert product is not None, "all other pages are about a product"
    lines = [f"Page: {'product' if visit.page == 'item' else visit.page}", f"Product: {product.asin}, {product.name}"]
    if visit.page in ("item", "done"):
        lines.append(f"Price: {view.price}")
        lines += [f"{name}: {' '.join(f'[{click.label}]' for click in clicks)}" for name, clicks in view.options]
        lines.append(f"Chosen: {'; '.join(f'{name}: {value}' for name, value in visit.chosen) or 'nothing'}")
    else:
        lines += [told for told in view.texts if told.strip()] or [f"There is no text about the {visit.page}."]
    if view.reward is not None:
        lines.append(f"Bought. Score: {view.reward:.4g} of 1")
    return lines
