import pytest

from kibitz.agents.prompts.templates import PromptError, PromptSet, block_names


def test_a_folder_replaces_single_blocks_and_changes_the_hash(tmp_path):
    (tmp_path / "role.md.j2").write_text("Be bold.\n")
    own = PromptSet(folder=str(tmp_path))
    assert own.render("role") == "Be bold."
    assert own.sources["rules"] == PromptSet().sources["rules"]
    assert len({own.hash, PromptSet().hash, PromptSet("compact").hash}) == 3
    assert PromptSet().hash == PromptSet().hash


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nonsense.md.j2", "x", "is no prompt block; blocks are .*role.md.j2"),
        ("role.txt", "x", "is no prompt block"),
        ("role.md.j2", "{% if %}", "role.md.j2 .* line 1"),
        ("view.md.j2", "one\ntwo {% if %}", "view.md.j2 .* line 2"),  # a block that others include
        ("role.md.j2", "{{ x | nonsense }}", "role.md.j2 .* line 1.*nonsense"),
        ("role.md.j2", b"\xff\xfe", "cannot be read"),
        ("role.md.j2", "x" * 200_000, "larger than"),
    ],
)
def test_what_is_no_block_is_refused(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PromptError, match=message):
        PromptSet(folder=str(tmp_path))


def test_a_missing_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(PromptError, match="is not a folder"):
        PromptSet(folder=str(tmp_path / "none"))
    with pytest.raises(PromptError, match="holds no blocks"):
        PromptSet(folder=str(tmp_path))


@pytest.mark.parametrize("source", ["{{ unknown }}", "{{ ''.__class__.__mro__ }}", "{{ 1 / 0 }}", "{{ range(10**9) }}"])
def test_a_block_that_goes_wrong_is_named(tmp_path, source):
    (tmp_path / "role.md.j2").write_text(source)
    with pytest.raises(PromptError, match="role"):
        PromptSet(folder=str(tmp_path)).render("role")


def test_values_are_never_templates():
    assert "{{ 7 * 7 }}" in PromptSet().render("rules", rules="{{ 7 * 7 }}")


def test_every_compact_block_is_a_standard_one():
    assert set(PromptSet("compact").sources) == set(block_names())
