"""Fingerprints: a hash of seeded transcripts, so that a changed game with an unchanged version fails a test.

The transcript holds all that a player reads and all that the truths say: rules, observations, legal actions,
questions, answer hints, truths, rewards, outcomes, positions. Pictures are not part of it.

Fingerprints stand in a JSON file beside the tests: ``{id: {"settings": [options], "version": "1", "sha256": "..."}}``.
After a change of rules, wording or truths: give the game a new ``version``, then run ::

    python -m kibitz.games.fingerprint tests/games/fingerprints.json

which writes the versions and hashes of all games in the file anew. It refuses a changed hash under an old version,
unless ``--unreleased`` says that no result of that version exists yet.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from kibitz.games.laws.trial import Factory, Moment, Trial, questions
from kibitz.games.registry import load
from kibitz.games.subproblem import Unknown


def fingerprint(
    factories: Sequence[Factory], seeds: Sequence[int] = tuple(range(8)), steps: int = 60, task: str | None = None
) -> str:
    """SHA-256 (hex) of the transcripts of seeded random play.

    Args:
        factories: Make the game, one for each setting of options to cover.
        seeds: One random episode is played for each.
        steps: At most so many steps an episode.
        task: The task of the episodes, for games that have tasks.
    """
    transcript = [
        list(_moment(moment)) for factory in factories for moment in Trial(factory, seeds, steps, task).moments()
    ]
    return hashlib.sha256(json.dumps(transcript, sort_keys=True).encode()).hexdigest()


def _moment(moment: Moment) -> Iterator[object]:
    game = moment.game
    outcome = game.outcome()
    yield [moment.seed, moment.step, game.position(), game.movers()]
    if outcome is not None:
        yield [outcome.reward, outcome.success, outcome.reason, outcome.raw]
    for seat in moment.seats:
        seen = game.observe(seat)
        actions = seen.actions and [seen.actions.listed, [(p.regex, p.hint) for p in seen.actions.open]]
        yield [game.rules(seat) if moment.step == 0 else "", seen.text, seen.effect, actions]
        for question, action in questions(game, seat):
            truth, kind = game.truth(seat, question.id, action), question.kind
            shown = ["unknown", truth.reason] if isinstance(truth, Unknown) else kind.to_json(truth)
            yield [question.id, question.question, question.about, kind.hint, kind.schema, action, shown]


def of_game(name: str, settings: Sequence[Mapping[str, Any]]) -> str:
    """The fingerprint of an installed game under the given settings of its options."""
    game = load(name)
    return fingerprint([partial(game, **options) for options in settings])


def renewed(entries: Mapping[str, Any], *, unreleased: bool = False) -> dict[str, Any]:
    """The entries of a fingerprint file with today's versions and hashes.

    Raises:
        ValueError: A hash has changed and its version has not; with ``unreleased`` that is allowed.
    """
    fresh = {}
    for name, old in entries.items():
        new = {"settings": old["settings"], "version": load(name).version, "sha256": of_game(name, old["settings"])}
        if not unreleased and old.get("version") == new["version"] and old.get("sha256") != new["sha256"]:
            raise ValueError(f"{name}: what players see or the truths have changed; give the game a new version first")
        fresh[name] = new
    return fresh


def main(arguments: Sequence[str]) -> None:
    """Renew the file named in the arguments."""
    path = Path(next(argument for argument in arguments if not argument.startswith("-")))
    fresh = renewed(json.loads(path.read_text(encoding="utf-8")), unreleased="--unreleased" in arguments)
    path.write_text(json.dumps(fresh, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
