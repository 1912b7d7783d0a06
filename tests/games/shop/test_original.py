import gzip
import hashlib
import json

import pytest

from kibitz.games.game import DataError
from kibitz.games.shop.load import load
from kibitz.games.shop.product import DUMMY_ATTRIBUTE, prices


def test_products_are_read_by_the_rules_of_the_original(files):
    products = load(str(files)).products
    assert [one.asin for one in products] == ["B000000001", "B000000002", "B000000003", "B000000004"]
    chair, bare, kettle, lamp = products
    assert chair.options == (("size", ("x-small", "small", "8", "8.5")), ("color", ("navy | blue", "red")))
    assert chair.query == "garden chairs"
    assert (bare.pricing, bare.shown_price, bare.options) == ((10.0, 25.0), "$10.0 to $25.0", ())
    assert (kettle.pricing, kettle.shown_price, kettle.attributes) == ((), "$100.0", (DUMMY_ATTRIBUTE,))
    assert lamp.shown_price == "$1995.0"


def test_what_is_searched_of_a_product(files):
    chair = load(str(files)).products[0]
    assert chair.text == (
        "folding chair red a chair of solid wood. folds flat size: x-small, small, 8, 8.5, and color: navy | blue, red"
    )


def test_goals_are_all_combinations_of_options_in_the_original_order(files):
    goals = load(str(files)).goals
    assert len(goals["synthetic"]) == 4 * 2 + 1
    asked = {goal.instruction for goal in goals["synthetic"]}
    assert "Find me weather proof garden chairs with solid wood with color: red, and size: small" in asked
    assert "Find me lamps" in asked
    (kettle,) = goals["human"]
    assert (kettle.instruction, kettle.options) == ("i want a kettle that is white inside", (("", "white"),))


@pytest.mark.parametrize(
    ("text", "found"),
    [("$12.99", (12.99,)), ("$10.00$25.00", (10.0, 25.0)), ("$1,299.00$2$3", (1299.0, 2.0)), ("free", ())],
)
def test_prices(text, found):
    assert prices(text) == found


def test_packed_files_and_lines_are_read_too(files, tmp_path):
    whole = load(str(files))
    records = json.loads((files / "items_shuffle.json").read_text())
    (files / "items_shuffle.json").unlink()
    lines = "\n".join(json.dumps(one) for one in records)
    (files / "items_shuffle.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    assert load(str(files)).digest == whole.digest


def test_the_list_of_the_small_catalogue_takes_the_files_of_its_size(files, record):
    (files / "items_shuffle_1000.json").write_text(json.dumps([record("B000000009", "Stool")]))
    (files / "items_ins_v2_1000.json").write_text(json.dumps({"B000000009": {"attributes": ["three legs"]}}))
    with pytest.raises(DataError, match="several lists of products"):
        load(str(files))
    (stool,) = load(str(files / "items_shuffle_1000.json")).products
    assert stool.attributes == ("three legs",)
    assert load(str(files / "items_shuffle.json")).products[0].attributes == ("solid wood", "weather proof")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("items_shuffle.json", b'[{"asin": "B1"', "is no JSON"),
        ("items_shuffle.json", b"[]", "holds no product"),
        ("items_shuffle.json", b"[5]", "product 1 is no object"),
        ("items_shuffle.json", b'[{"asin": "B1"}]', "product 1: the field name is missing"),
        ("items_shuffle.json", b'[{"asin": 5}]', "product 1: asin = '5' is no text"),
        ("items_shuffle.json", b"\xff\xfe", "no text in UTF-8"),
        ("items_shuffle.json", b"\x1f\x8b\x08\x00", "cannot be read or unpacked"),
        ("items_ins_v2.json", b"[1]", "is no object of records"),
        ("items_ins_v2.json", b'{"B000000001": {"attributes": "wood"}}', "attributes = 'wood' is no list of texts"),
        ("items_ins_v2.json", b'{"B000000001": 3}', "B000000001: 'int' object"),
        (
            "items_human_ins.json",
            b'{"B000000003": [{"instruction": "x"}]}',
            "the field instruction_attributes is missing",
        ),
    ],
)
def test_broken_files_are_named(files, name, content, said):
    (files / name).write_bytes(content)
    with pytest.raises(DataError, match=said) as error:
        load(str(files))
    assert name in str(error.value)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("customization_options", [1], r"customization_options = '\[1\]' is no object"),
        ("customization_options", {"Size": [{"image": ""}]}, "the field value is missing"),
        ("pricing", 5, "pricing = '5' is neither"),
        ("pricing", "$..", "could not convert"),
        ("small_description", {"a": 1}, "small_description"),
        ("name", ["x"], "name = "),
    ],
)
def test_broken_products_are_numbered(files, record, field, value, said):
    (files / "items_shuffle.json").write_text(
        json.dumps([record("B1", "Stool"), {**record("B2", "Bench"), field: value}])
    )
    with pytest.raises(DataError, match=f"items_shuffle.json: product 2: .*{said}"):
        load(str(files))


def test_an_empty_folder_and_an_absent_one(tmp_path):
    with pytest.raises(DataError, match="no list of products"):
        load(str(tmp_path))
    with pytest.raises(DataError, match=r"cannot be read .*kibitz shop generate"):
        load(str(tmp_path / "absent"))


def test_the_goals_of_the_small_catalogue_are_numbered_as_in_the_original(real_data):
    found = load(str(real_data("webshop")))
    lines = (
        f"{one.asin}|{json.dumps(dict(one.options), sort_keys=True, ensure_ascii=False)}"
        for one in found.goals["synthetic"]
    )
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert digest == "77eb4c59fe6e8623be2501a6ed0a8e9f607ab8746416e32f1a7914eae211df12"
    assert (len(found.products), len(found.goals["synthetic"]), len(found.goals["human"])) == (1000, 6910, 13)


def test_a_line_may_hold_separators_of_other_kinds(tmp_path, record):
    text = "parted\u2028by\x85Unicode"
    line = json.dumps(record("B000000001", "Stool", full_description=text), ensure_ascii=False)
    (tmp_path / "items_shuffle.jsonl").write_text(line + "\r\n\n" + line, encoding="utf-8", newline="")
    assert [one.description for one in load(str(tmp_path)).products] == [text]


@pytest.mark.parametrize("field", ["asin", "name", "query", "full_description", "product_category"])
def test_half_of_a_surrogate_pair_is_told(tmp_path, record, field):
    (tmp_path / "items_shuffle.json").write_text(json.dumps([record("B000000001", "Stool") | {field: "cut \ud83d"}]))
    with pytest.raises(DataError, match="product 1: half of a surrogate pair in"):
        load(str(tmp_path))


def test_half_of_a_surrogate_pair_in_an_instruction_is_told(tmp_path, record):
    (tmp_path / "items_shuffle.json").write_text(json.dumps([record("B000000001", "Stool")]))
    task = {"instruction": "cut \ud83d", "instruction_attributes": ["red"], "instruction_options": []}
    (tmp_path / "items_human_ins.json").write_text(json.dumps({"B000000001": [task]}))
    with pytest.raises(DataError, match=r"items_human_ins\.json: B000000001: half of a surrogate pair in"):
        load(str(tmp_path))


@pytest.mark.parametrize("pricing", ["$" + "9" * 400, [float("nan")], [1.0, float("inf")]])
def test_a_price_that_is_no_amount_is_refused(tmp_path, record, pricing):
    """It could not be written down: a saved catalogue would be broken."""
    (tmp_path / "items_shuffle.json").write_text(json.dumps([record("B000000001", "Stool", pricing=pricing)]))
    with pytest.raises(DataError, match=r"product 1: pricing = .* is no amount of money"):
        load(str(tmp_path))


@pytest.mark.parametrize("source", ["a\0b", "~nobody-has-this-name/shop"])
def test_a_path_that_cannot_be_is_told(source):
    with pytest.raises(DataError, match="cannot be read"):
        load(source)
