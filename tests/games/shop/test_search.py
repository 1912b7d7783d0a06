import json
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.shop import analysis, search, tantivy_search
from kibitz.games.shop.load import load
from kibitz.games.shop.stemming import stem


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [
        ("caresses", "caress"), ("ponies", "poni"), ("ties", "ti"), ("cats", "cat"), ("agreed", "agre"),
        ("feed", "feed"), ("plastered", "plaster"), ("motoring", "motor"), ("sing", "sing"),
        ("conflated", "conflat"), ("hopping", "hop"), ("falling", "fall"), ("hissing", "hiss"),
        ("filing", "file"), ("happy", "happi"), ("sky", "sky"), ("relational", "relat"),
        ("conditional", "condit"), ("digitizer", "digit"), ("possibly", "possibl"), ("vietnamization", "vietnam"),
        ("operator", "oper"), ("sensitiviti", "sensit"), ("archaeologi", "archaeolog"), ("triplicate", "triplic"),
        ("formative", "form"), ("hopeful", "hope"), ("goodness", "good"), ("revival", "reviv"),
        ("adjustment", "adjust"), ("adoption", "adopt"), ("irritant", "irrit"), ("effective", "effect"),
        ("probate", "probat"), ("rate", "rate"), ("cease", "ceas"), ("controll", "control"), ("roll", "roll"),
        ("as", "as"), ("y", "y"),
    ],
)  # fmt: skip
def test_stems_of_the_paper(word, stemmed):
    assert stem(word) == stemmed


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("can't stop, won't", ["can't", "stop", "won't"]),
        ("10,000.5 mm 3-pack 5'2\"x7'4\"", ["10,000.5", "mm", "3", "pack", "5'2", "x7'4"]),
        ("a.b.c c:d snake_case ___", ["a.b.c", "c:d", "snake_case"]),
        ("crème brûlée’s", ["crème", "brûlée’s"]),
        ("锅巴 ひら カタカナ", ["锅", "巴", "ひ", "ら", "カタカナ"]),
        ("해물라면", ["해물라면"]),
        ("हिन्दी", ["हिन्दी"]),
        ("oak® luxe™ ❤️ 👨‍💼 ✿", ["oak", "®", "luxe", "™", "❤️", "👨‍💼"]),
        ("ﾟ½ ²", []),
        (".*[(^$\\", []),
    ],
)
def test_tokens_are_those_of_unicode(text, tokens):
    assert analysis.tokens(text) == tokens


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_texts_in_ascii_are_cut_as_all_others(text):
    assert analysis.tokens(text) == [word for word in analysis._any_script().findall(text) if word.strip("_")]


def test_terms():
    assert analysis.analysed("The Women's shoes for the Boss's DOG") == ["women", "shoe", "boss", "dog"]
    assert analysis.analysed("x" * 300) == [stem("x" * 255), "x" * 45]


@pytest.mark.parametrize(
    ("length", "kept"), [(0, 0), (23, 23), (39, 39), (40, 40), (41, 40), (57, 56), (100, 96), (1000, 984)]
)
def test_lengths_are_kept_as_lucene_does(length, kept):
    assert search.quantise(np.array([length], dtype=np.int32))[0] == kept


def test_scores_are_bm25():
    texts = ["red chair", "red red lamp", "kettle"]
    terms, arrays = search.build(texts, ["C", "B", "A"])
    index = search.Index(terms, **arrays)
    idf = np.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = [idf * tf / (tf + 0.9 * (0.6 + 0.4 * length / 2)) for tf, length in ((1, 2), (2, 3))]
    assert index.scores("red").tolist() == pytest.approx([*expected, 0], abs=1e-6)
    assert index.scores("red RED").tolist() == pytest.approx([2 * expected[0], 2 * expected[1], 0], abs=1e-6)
    assert index.search("red the nothing") == (1, 0)


def test_equal_scores_are_in_the_order_of_ids():
    terms, arrays = search.build(["red"] * 60, [f"{Random(n).random()}" for n in range(60)])
    found = search.Index(terms, **arrays).search("red")
    assert list(found) == sorted(range(60), key=lambda n: f"{Random(n).random()}")[:50]


@pytest.mark.parametrize("query", ["", "the", ".*(", "日本", "x" * 10_000, "\x00", "🦜"])
def test_any_query_is_answered(files, query):
    assert search.index(load(str(files))).search(query) == ()


def test_an_index_is_kept_and_a_broken_one_made_anew(files, kept, monkeypatch):
    monkeypatch.setenv("KIBITZ_CACHE", str(files / "cache"))
    catalogue = load(str(files))
    first = search.index(catalogue).ranked("chair wood")
    (folder,) = (files / "cache" / "shop").iterdir()
    monkeypatch.setattr(search, "build", None)
    assert search.index(catalogue).ranked("chair wood") == first
    monkeypatch.undo()
    monkeypatch.setenv("KIBITZ_CACHE", str(files / "cache"))
    (folder / "parts.npy").write_bytes(b"broken")
    assert search.index(catalogue).ranked("chair wood") == first
    assert np.load(folder / "parts.npy").size


def test_where_nothing_can_be_kept_an_index_is_made_all_the_same(files, monkeypatch):
    monkeypatch.setenv("KIBITZ_CACHE", str(files / "items_shuffle.json"))
    assert search.index(load(str(files))).search("kettle") == (2,)


def test_tantivy_finds_the_same_products_where_there_is_no_choice(files):
    pytest.importorskip("tantivy")
    index = tantivy_search.index(load(str(files)))
    assert index.search("kettles OR") == (2,)
    assert set(index.search("chair")) == {0, 1}
    assert index.search('text:* ("[') == ()


def test_rankings_and_scores_are_those_of_lucene(real_data):
    catalogue = load(str(real_data("webshop")))
    index = search.index(catalogue)
    asins = [one.asin for one in catalogue.products]
    cases = json.loads(real_data("webshop/samples/search_rankings.json").read_text())
    assert len(cases) == 60
    for case in cases:
        found = index.ranked(case["query"])
        assert [asins[number] for number, _ in found] == [asin for asin, _ in case["ranking"]]
        assert [score for _, score in found] == pytest.approx([score for _, score in case["ranking"]], abs=1e-4)
