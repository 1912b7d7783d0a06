"""Shared by the tests of the shop: a folder for what it keeps, and a small catalogue in the original's format."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for indexes, instead of the user's."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIBITZ_CACHE", str(folder))
        yield folder


def _product(asin: str, name: str, **more: object) -> dict[str, object]:
    """A record as the original has it."""
    return {
        "asin": asin,
        "name": name,
        "category": "garden",
        "query": "Garden Chairs ",
        "product_category": "Home › Garden › Chairs",
        "full_description": "",
        "small_description": [],
        "pricing": "$12.99",
        "images": [""],
        "customization_options": "",
        **more,
    }


def _values(*values: str) -> list[dict[str, str]]:
    return [{"value": value} for value in values]


@pytest.fixture
def record() -> Callable[..., dict[str, object]]:
    return _product


PRODUCTS = [
    _product(
        "B000000001",
        "Folding Chair Red",
        full_description="A chair of solid wood.",
        small_description=["Folds flat", "Weather proof"],
        customization_options={"Size": _values("X-Small", "Small", "8", "8.5"), "Color": _values("Navy/Blue", "Red")},
    ),
    _product("B000000002", "Garden Chair Wooden", pricing="$10.00$25.00", customization_options={"Color": None}),
    _product(
        "B000000003",
        "Tea Kettle",
        query="kettles",
        product_category="Kitchen › Kettles",
        category="grocery",
        pricing="",
        customization_options={"inner": _values("black", "white"), "outer": _values("white", "buy now")},
    ),
    _product("B000000001", "A second product with the same id"),
    _product("nan", "No id"),
    _product("B00000000099", "Too long an id"),
    _product("B000000004", "Chandelier of Gold", query="lamps", product_category="", pricing="$1,995.00"),
]
ATTRIBUTES = {
    "B000000001": {
        "attributes": ["solid wood", "weather proof"],
        "instruction": "Find me weather proof garden chairs with solid wood",
        "instruction_attributes": ["weather proof", "solid wood"],
    },
    "B000000002": {"attributes": ["solid wood"]},
    "B000000004": {"attributes": ["gold"], "instruction": "Find me lamps", "instruction_attributes": ["gold"]},
}
HUMAN = {
    "B000000003": [
        {
            "asin": "B000000003",
            "instruction": "i want a kettle that is white inside.",
            "attributes": ["kettle"],
            "options": ["inner: white"],
            "instruction_attributes": ["kettle"],
            "instruction_options": ["white"],
        },
        {"asin": "B000000003", "instruction": "x", "instruction_attributes": [], "instruction_options": []},
    ]
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with files in the format of the original."""
    folder = tmp_path / "webshop"
    folder.mkdir()
    (folder / "items_shuffle.json").write_text(json.dumps(PRODUCTS), encoding="utf-8")
    (folder / "items_ins_v2.json").write_text(json.dumps(ATTRIBUTES), encoding="utf-8")
    (folder / "items_human_ins.json").write_text(json.dumps(HUMAN), encoding="utf-8")
    return folder
