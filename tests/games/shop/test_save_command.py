import json

import pytest

from kibitz.games.shop.load import load
from kibitz.harness.cli import main


def test_files_of_the_original_are_kept_as_a_catalogue(files, tmp_path, capsys):
    assert main(["shop", "save", str(files), "-o", str(tmp_path / "kept")]) == 0
    told = json.loads(capsys.readouterr().out)
    before, after = load(str(files)), load(str(tmp_path / "kept"))
    assert told["digest"] == before.digest == after.digest
    assert (after.tagger, after.attribution) == (before.tagger, before.attribution)
    assert told["goals"] == {"synthetic": 9, "human": 1}


@pytest.mark.parametrize(
    ("source", "out", "said"), [("absent", "new", "cannot be read"), ("webshop", "webshop", "is there already")]
)
def test_what_cannot_be_kept_is_told(files, tmp_path, capsys, source, out, said):
    assert main(["shop", "save", str(tmp_path / source), "-o", str(tmp_path / out)]) != 0
    assert said in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
