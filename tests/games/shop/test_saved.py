import json
from pathlib import Path

import pytest

from kibitz.games.game import DataError
from kibitz.games.shop import saved
from kibitz.games.shop.load import load


@pytest.fixture
def folder(files, tmp_path):
    found = load(str(files))
    saved.save(tmp_path / "saved", found.products, found.goals, name="chairs", tagger=found.tagger)
    return tmp_path / "saved"


def test_a_saved_catalogue_is_the_same_catalogue(files, folder):
    before, after = load(str(files)), load(str(folder))
    assert after.digest == before.digest
    assert list(after.products) == list(before.products)
    assert {kind: list(goals) for kind, goals in after.goals.items()} == {k: list(v) for k, v in before.goals.items()}
    assert after.products[-1] == after.products[3:][0]
    with pytest.raises(IndexError):
        after.products[4]


def test_the_same_contents_give_the_same_bytes(files, folder, tmp_path):
    found = load(str(files))
    saved.save(tmp_path / "again", found.products, found.goals, name="chairs", tagger=found.tagger)
    for one in folder.iterdir():
        assert one.read_bytes() == (tmp_path / "again" / one.name).read_bytes()


def _cut(path: Path):
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize("name", ["products.jsonl", "products.starts.npy", "goals-human.jsonl", "catalogue.json"])
def test_a_file_that_is_cut_is_named(folder, name):
    _cut(folder / name)
    with pytest.raises(DataError, match=name.split(".")[0]):
        load(str(folder))


def test_a_file_that_is_absent_is_named(folder):
    (folder / "products.jsonl").unlink()
    with pytest.raises(DataError, match=r"products\.jsonl"):
        load(str(folder))


def test_a_broken_line_is_named_when_it_is_read(folder):
    path = folder / "products.jsonl"
    path.write_bytes(path.read_bytes().replace(b'{"asin":"B000000002"', b'{"asin":"B000000002,'))
    with pytest.raises(DataError, match="line 2 is broken"):
        list(load(str(folder)).products)


def test_another_schema_is_refused(folder):
    header = json.loads((folder / "catalogue.json").read_text())
    (folder / "catalogue.json").write_text(json.dumps(header | {"schema": 99}))
    with pytest.raises(DataError, match="schema 99 is not known"):
        load(str(folder))
