"""``kibitz shop generate``: a catalogue that is there whole, or not at all."""

import json

import pytest

from kibitz.games.registry import make
from kibitz.games.shop import search
from kibitz.games.shop.load import load
from kibitz.harness import cli
from kibitz.harness.commands import shop


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("KIBITZ_CACHE", str(folder))
    return folder


def generated(folder, *more, products="40"):
    return cli.main(["shop", "generate", "--products", products, "-o", str(folder), *more])


def test_the_last_line_says_what_it_is(tmp_path, capsys):
    assert generated(tmp_path / "one", "--seed", "3") == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    catalogue = load(str(tmp_path / "one"))
    assert found["digest"] == catalogue.digest
    assert (found["products"], found["seed"], found["schema"]) == (40, 3, 1)
    assert found["goals"] == {kind: len(goals) for kind, goals in catalogue.goals.items()}
    assert sum(found["levels"].values()) == found["goals"]["synthetic"]
    assert found["bytes"] == sum(file.stat().st_size for file in (tmp_path / "one").glob("*.jsonl"))
    assert "of 40 products" in said.err or "indexing" in said.err


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name in ("one", "other"):
        assert generated(tmp_path / name, "--seed", "3") == 0
    assert generated(tmp_path / "third", "--seed", "4") == 0
    one, other, third = ({f.name: f.read_bytes() for f in (tmp_path / n).iterdir()} for n in ("one", "other", "third"))
    assert one == other
    assert one["products.jsonl"] != third["products.jsonl"]


def test_the_index_is_warm_and_the_game_plays_it(tmp_path, cache, monkeypatch):
    assert generated(tmp_path / "one") == 0

    def refused(*_):
        raise AssertionError("the index was made before")

    monkeypatch.setattr(search, "build", refused)
    game = make("webshop", catalogue=str(tmp_path / "one"))
    game.reset(0)
    while game.movers():
        game.step({0: game.oracle(0)})
    assert game.outcome().success


def test_a_folder_that_is_there_is_left_alone(tmp_path, capsys):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "mine").write_text("x")
    assert generated(tmp_path / "one") == 3
    assert "is there already; name a folder that is not with -o" in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "one").iterdir()] == ["mine"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert generated(tmp_path / "file" / "one") == 3
    assert "cannot be written" in capsys.readouterr().err


def test_half_a_catalogue_is_none(tmp_path, monkeypatch):
    def stopped(self, made):
        raise KeyboardInterrupt

    monkeypatch.setattr(shop._Said, "__call__", stopped)
    assert generated(tmp_path / "one") == 130
    assert sorted(tmp_path.iterdir()) == []


@pytest.mark.parametrize("products", ["9", "0", "-1", "x", "2000001"])
def test_a_number_of_products_that_cannot_be_is_refused(tmp_path, capsys, products):
    with pytest.raises(SystemExit) as stopped:
        generated(tmp_path / "one", products=products)
    assert stopped.value.code == 3
    assert "is not a whole number from 10 to 2000000" in capsys.readouterr().err
