import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.harness.errors import ConfigError
from kibitz.harness.spec import NAME, parse


@pytest.mark.parametrize(
    ("text", "kind", "options", "name"),
    [
        ("random", "random", {}, "random"),
        ("minimax:depth=4", "minimax", {"depth": "4"}, "minimax:depth=4"),
        ("llm:model=openai:gpt-5", "llm", {"model": "openai:gpt-5"}, "openai:gpt-5"),
        ('llm:model="openai:a,b",effort=low', "llm", {"model": "openai:a,b", "effort": "low"}, "openai:a-b:effort=low"),
        ('x:a="say ""hi"""', "x", {"a": 'say "hi"'}, "x:a=say-hi"),
        ("random:name=me,answers=truth", "random", {"answers": "truth"}, "me"),
        ("llm:model=m,base_url=http://127.0.0.1:8000/v1", "llm",
         {"model": "m", "base_url": "http://127.0.0.1:8000/v1"}, "m"),
        ("x:a=", "x", {"a": ""}, "x:a"),
    ],
)  # fmt: skip
def test_specs_are_read(text, kind, options, name):
    spec = parse(text)
    assert (spec.kind, spec.options, spec.name) == (kind, options, name)


@pytest.mark.parametrize("text", ["", ":", "a b", "x:", "x:a", "x:a=1,", "x:a=1,a=2", "x:=1", 'x:a="b', "x:a=b=c"])
def test_what_is_no_spec_is_refused_with_its_text(text):
    with pytest.raises(ConfigError, match="agent"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["llm:api_key=S3CRET,,", "llm:model=sk-S3CRET,x", 'llm:base_url="http://me:S3CRET@host/v1",model', "llm sk-S3CRET"],
)
def test_what_cannot_be_read_shows_no_key(text):
    with pytest.raises(ConfigError) as refused:
        parse(text)
    assert "S3CRET" not in str(refused.value)


def test_a_name_that_would_break_keys_is_refused():
    with pytest.raises(ConfigError, match="name"):
        parse('x:name="a,b"')


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        spec = parse(text)
    except ConfigError:
        return
    assert spec.kind


@given(st.dictionaries(st.sampled_from(["model", "depth", "path"]), st.text(max_size=30)))
def test_quoted_values_come_back_and_default_names_are_names(options):
    written = ",".join('{}="{}"'.format(k, v.replace('"', '""')) for k, v in options.items())
    spec = parse("bot" + (":" + written if written else ""))
    assert spec.options == options
    assert NAME.fullmatch(spec.name)
