from random import Random

import pytest

from kibitz.agents.models.model import Request
from kibitz.agents.models.schemas import instance, reply_schema


@pytest.mark.parametrize(
    ("schema", "smallest"),
    [
        ({"enum": ["b", "a"]}, "b"),
        ({"const": 4}, 4),
        ({"type": "string"}, ""),
        ({"type": "string", "minLength": 2}, "  "),
        ({"type": "integer"}, 0),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "minimum": -5, "maximum": -3}, -5),
        ({"type": "integer", "exclusiveMinimum": 3}, 4),
        ({"type": "boolean"}, False),
        ({"type": "null"}, None),
        ({"type": ["string", "null"]}, ""),
        ({"type": "array", "items": {"const": 1}}, []),
        ({"type": "array", "items": {"const": 1}, "minItems": 2}, [1, 1]),
        ({"type": "object", "properties": {"a": {"const": 1}, "b": {}}, "required": ["a"]}, {"a": 1}),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, 1),
        ({"allOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}]}, {"a": 1}),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"const": 7}}}, 7),
        ({}, None),
        (True, None),
    ],
)
def test_smallest_instances(schema, smallest):
    assert instance(schema) == smallest


def test_random_instances_use_all_alternatives():
    schema = {"anyOf": [{"enum": ["a", "b"]}, {"type": "integer", "minimum": 1, "maximum": 2}]}
    assert {instance(schema, Random(seed)) for seed in range(60)} == {"a", "b", 1, 2}


@pytest.mark.parametrize(
    "schema", [{"$ref": "#"}, {"$ref": "#/$defs/x"}, {"properties": {"a": {"$ref": "#"}}, "required": ["a"]}]
)
def test_schemas_without_an_instance(schema):
    with pytest.raises(ValueError, match="the JSON schema has no"):
        instance(schema)


def test_strict_modes_are_sent_no_keyword_that_one_of_them_refuses():
    cells = '{"type":"array","items":{"type":"string","enum":["a"],"maxLength":3},"uniqueItems":true}'
    request = Request(messages=(), json_schema=f'{{"type":"object","properties":{{"uniqueItems":{cells}}}}}')
    sent = {"type": "array", "items": {"type": "string", "enum": ["a"]}}
    assert reply_schema(request) == {"type": "object", "properties": {"uniqueItems": sent}}
    assert reply_schema(Request(messages=())) is None
