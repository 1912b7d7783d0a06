"""The grammars, read by a small independent reader of GBNF: what they generate, and only that, fits the schema."""

import itertools
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.agents.models.embedded.grammar import UnsupportedSchemaError, integers, literal, of_choices, of_schema

TOKEN = re.compile(r'\s*(?:("(?:\\.|[^"\\])*")|(\[(?:\\.|[^\]\\])*\])|(\{\d+(?:,\d*)?\})|([a-z]\w*)|([()|]))')


def read_rules(text):
    """Parse our grammars into nested tuples: ("or"|"seq", parts), ("set", regex), ("many", part, low, high), texts."""
    rules = {}
    for line in text.split("\n"):
        name, _, body = line.partition(" ::= ")
        tokens, place = [], 0
        while place < len(body.rstrip()):
            match = TOKEN.match(body, place)
            assert match, body[place:]
            tokens.append(match)
            place = match.end()
        rules[name] = read_either(tokens)
        assert not tokens
    return rules


def read_either(tokens):
    ways = [[]]
    while tokens and tokens[0][5] != ")":
        match = tokens.pop(0)
        if match[5] == "|":
            ways.append([])
        elif match[5] == "(":
            ways[-1].append(read_either(tokens))
            assert tokens.pop(0)[5] == ")"
        elif match[3]:
            low, comma, high = match[3][1:-1].partition(",")
            most = int(high) if high else int(low) + 3 if comma else int(low)
            ways[-1].append(("many", ways[-1].pop(), int(low), most))
        elif match[1]:
            ways[-1].append(unquote(match[1][1:-1]))
        else:
            ways[-1].append(("set", match[2]) if match[2] else ("rule", match[4]))
    return ("or", [("seq", way) for way in ways])


def unquote(text):
    simple = {"n": "\n", "r": "\r", "t": "\t"}
    pattern = r"\\(?:x(..)|u(....)|U(.{8})|(.))"
    return re.sub(pattern, lambda m: chr(int(m[1] or m[2] or m[3], 16)) if not m[4] else simple.get(m[4], m[4]), text)


def generate(rules, part, pick):
    """Write one text; ``pick(n)`` chooses among n ways."""
    if isinstance(part, str):
        return part
    kind = part[0]
    if kind == "or":
        return generate(rules, part[1][pick(len(part[1]))], pick)
    if kind == "seq":
        return "".join(generate(rules, inner, pick) for inner in part[1])
    if kind == "rule":
        return generate(rules, rules[part[1]], pick)
    if kind == "many":
        return "".join(generate(rules, part[1], pick) for _ in range(part[2] + pick(part[3] - part[2] + 1)))
    members = [chr(c) for c in range(256) if re.fullmatch(part[1], chr(c))]
    return members[pick(len(members))]


def every_text(rules, part):
    """All texts of a grammar without strings."""
    if isinstance(part, str):
        return [part]
    kind = part[0]
    if kind == "or":
        return [text for inner in part[1] for text in every_text(rules, inner)]
    if kind == "rule":
        return every_text(rules, rules[part[1]])
    if kind == "set":
        return [chr(c) for c in range(256) if re.fullmatch(part[1], chr(c))]
    inner = part[1] if kind == "seq" else [part[1]] * part[2]
    return ["".join(texts) for texts in itertools.product(*(every_text(rules, p) for p in inner))]


def texts_of(grammar):
    rules = read_rules(grammar)
    return every_text(rules, rules["root"])


NAMES = st.text(min_size=1, max_size=6).filter(lambda t: not re.search("[\ud800-\udfff]", t))
MEMBERS = st.lists(NAMES, min_size=1, max_size=5, unique=True)
VALUES = st.one_of(
    st.builds(lambda m: {"type": "array", "items": {"type": "string", "enum": m}, "uniqueItems": True}, MEMBERS),
    st.builds(lambda m: {"type": "string", "enum": m}, MEMBERS),
    st.builds(
        lambda a, b: {"type": "integer", "minimum": min(a, b), "maximum": max(a, b)},
        st.integers(-1200, 1200),
        st.integers(-1200, 1200),
    ),
    st.builds(
        lambda low, span: {"type": "number", "minimum": float(low), "maximum": float(low + span)},
        st.integers(0, 1200),
        st.integers(1, 1200),
    ),
    st.just({"type": "boolean"}),
    st.builds(
        lambda n, m: {"type": "string", "minLength": n, "maxLength": n + m}, st.integers(0, 4), st.integers(0, 4)
    ),
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4).map(
    lambda p: {"type": "object", "properties": p, "required": list(p), "additionalProperties": False}
)


def fits(value, schema):
    """Whether a JSON value satisfies a schema of the kinds above, lists in ascending order."""
    kind = schema["type"]
    if kind == "object":
        inner = schema["properties"]
        return list(value) == list(inner) and all(fits(value[name], inner[name]) for name in inner)
    if kind == "array":
        order = [schema["items"]["enum"].index(member) for member in value]
        return order == sorted(set(order))
    if kind == "integer":
        return type(value) is int and schema["minimum"] <= value <= schema["maximum"]
    if kind == "number":
        return type(value) in (int, float) and schema["minimum"] <= value <= schema["maximum"]
    if kind == "boolean":
        return type(value) is bool
    return value in schema["enum"] if "enum" in schema else schema["minLength"] <= len(value) <= schema["maxLength"]


@given(schema=OBJECTS, data=st.data())
def test_whatever_the_grammar_writes_fits_the_schema(schema, data):
    rules = read_rules(of_schema(json.dumps(schema)))
    text = generate(rules, rules["root"], lambda n: data.draw(st.integers(0, n - 1)))
    assert fits(json.loads(text), schema)
    assert "\n" not in text


@given(members=MEMBERS)
def test_every_subset_can_be_written_in_one_way(members):
    schema = {"type": "array", "items": {"type": "string", "enum": members}, "uniqueItems": True}
    texts = texts_of(of_schema(json.dumps(schema)))
    assert len(texts) == len(set(texts)) == 2 ** len(members)
    assert all(fits(json.loads(text), schema) for text in texts)


@given(low=st.integers(-300, 300), size=st.integers(0, 400))
def test_integers_are_exactly_the_range(low, size):
    texts = texts_of(f"root ::= {integers(low, low + size)}")
    assert sorted(texts, key=int) == [str(i) for i in range(low, low + size + 1)]


@given(choices=MEMBERS)
def test_choices_are_exactly_the_texts(choices):
    assert texts_of(of_choices(choices)) == choices


@given(text=st.text())
def test_a_literal_stands_for_its_text_on_one_line(text):
    written = literal(text)
    assert unquote(written[1:-1]) == text
    assert "\n" not in written


def test_a_large_board_gives_a_small_grammar():
    cells = [f"{r},{c}" for r in range(9) for c in range(9)]
    schema = {"type": "array", "items": {"type": "string", "enum": cells}, "uniqueItems": True}
    assert len(of_schema(json.dumps(schema))) < 6000


def test_a_list_that_can_hold_nothing():
    schema = {"type": "array", "items": {"type": "string", "enum": []}, "uniqueItems": True}
    assert texts_of(of_schema(json.dumps(schema))) == ["[]"]


def test_any_of_and_constants():
    schema = {"anyOf": [{"const": "pass"}, {"type": "integer", "minimum": 0, "maximum": 2}, {"type": "null"}]}
    assert texts_of(of_schema(json.dumps(schema))) == ['"pass"', "0", "1", "2", "null"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number"},
        {"type": "number", "minimum": -1, "maximum": 5},
        {"type": "number", "minimum": 0.5, "maximum": 5},
        {"type": "number", "minimum": 5, "maximum": 5},
        {"type": "array", "items": {"type": "integer"}},
        {"type": "array", "items": {"enum": ["a"]}, "uniqueItems": True, "minItems": 1},
        {"type": "object", "properties": {"a": {"type": "boolean"}}},
        {"type": "string", "pattern": "a+"},
        {"type": "integer", "minimum": 3, "maximum": 1},
        {"type": "integer", "minimum": 0.5},
        {"enum": []},
        {"$ref": "#"},
        True,
    ],
)
def test_what_is_not_covered_is_said(schema):
    with pytest.raises(UnsupportedSchemaError):
        of_schema(json.dumps(schema))


def test_endless_nesting_is_refused():
    schema = {"type": "boolean"}
    for _ in range(100):
        schema = {"anyOf": [schema]}
    with pytest.raises(UnsupportedSchemaError):
        of_schema(json.dumps(schema))


@pytest.mark.parametrize("choices", [(), ("a", "")])
def test_choices_must_be_given(choices):
    with pytest.raises(ValueError, match="choices"):
        of_choices(choices)
