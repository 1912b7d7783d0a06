import pytest

from kibitz.results.inert import inert, quoted, sentence


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a|b", "a\\|b"),
        ("[x](http://e) *b* `c`", "\\[x\\](http://e) \\*b\\* \\`c\\`"),
        ("<script>\n# h", "&lt;script&gt; # h"),
    ],
)
def test_inert(text: str, shown: str) -> None:
    assert inert(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a`b", "`a'b`"), ("a|b", "`a\\|b`"), ("@x\n\x1b[1m", "`@x [1m`")],
)
def test_quoted(text: str, shown: str) -> None:
    assert quoted(text) == shown


def test_a_sentence_mentions_nobody_and_links_nowhere() -> None:
    said = sentence("@you see #12 at http://e.example and www.e.example \x07<b>")
    assert said == "@\u200byou see #\u200b12 at http:\u200b//e.example and w\u200bww.e.example &lt;b&gt;"
