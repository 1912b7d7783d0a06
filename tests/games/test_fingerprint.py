import json
from pathlib import Path

import pytest

from kibitz.games import registry
from kibitz.games.board.tictactoe import TicTacToe
from kibitz.games.fingerprint import fingerprint, main, of_game, renewed

FILE = Path(__file__).parent / "fingerprints.json"
COMMITTED = json.loads(FILE.read_text())


@pytest.mark.parametrize("name", sorted(COMMITTED))
def test_what_players_see_and_the_truths_change_only_with_the_version(name):
    entry = COMMITTED[name]
    found = {"version": registry.load(name).version, "sha256": of_game(name, entry["settings"])}
    assert found == {key: entry[key] for key in found}, (
        f"{name} changed. If rules, wording or truths changed, give the game a new `version`; then run "
        "`python -m kibitz.games.fingerprint tests/games/fingerprints.json` and commit the file."
    )


def test_every_installed_game_of_ours_has_a_fingerprint():
    ours = {name for name, point in registry.installed().items() if point.value.startswith("kibitz.")}
    assert ours == set(COMMITTED)


class Reworded(TicTacToe):
    def rules(self, seat):
        return super().rules(seat) + " Good luck."


def test_one_more_word_changes_the_fingerprint():
    assert fingerprint([Reworded], seeds=(0,)) != fingerprint([TicTacToe], seeds=(0,))


def test_a_changed_hash_under_an_old_version_is_refused():
    entries = {"tictactoe": {**COMMITTED["tictactoe"], "sha256": "0" * 64}}
    with pytest.raises(ValueError, match="give the game a new version"):
        renewed(entries)
    assert renewed(entries, unreleased=True)["tictactoe"] == COMMITTED["tictactoe"]


def test_the_command_renews_the_file(tmp_path):
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"numberline": {**COMMITTED["numberline"], "version": "0"}}))
    main([str(path)])
    assert json.loads(path.read_text()) == {"numberline": COMMITTED["numberline"]}
