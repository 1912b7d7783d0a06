"""Verify: play every finished episode again from the journal, sending nothing, and compare.

Equal means the same ``episode.digest`` (every action, answer, truth, grade, request and reply) and the same records as
those that board and report read; measured fields (time, provider ids) are apart. Against another run, the two runs'
records of how each episode ended, digests included, are compared unit by unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kibitz.harness.calls import CallDesk, CallNotRecordedError
from kibitz.harness.cast import make_cast
from kibitz.harness.clock import SystemClock
from kibitz.harness.config import from_resolved
from kibitz.harness.errors import UsageError
from kibitz.harness.stage import set_stage
from kibitz.results.journal import Journal
from kibitz.results.records import EpisodeMeasured, EpisodeRecord, GradeRecord, StepMeasured, StepRecord, UnitRecord


async def verify(folder: Path, against: Path | None = None) -> dict[str, Any]:
    """Compare a run with itself played again, or with another run.

    Returns:
        ``episodes`` compared, how many are ``equal``, which are ``differing``, which were ``skipped`` and why, and
        which asked for a call that the journal does not hold (``resent``; nothing is really sent).

    Raises:
        JournalError: A folder cannot be read.
        UsageError: The two runs have no episode in common.
    """
    if against is not None:
        return _compare(folder, against)
    with Journal.read(folder) as journal:
        return await _Verifier(journal).verify()


def _compare(folder: Path, against: Path) -> dict[str, Any]:
    with Journal.read(folder) as one, Journal.read(against) as two:
        units = [unit.key for unit in one.units()]
        known = {unit.key for unit in two.units()}
        if not known.intersection(units):
            raise UsageError(f"{folder} and {against}: have no episode in common, there is nothing to compare")
        mine, theirs = one.episodes(), two.episodes()
        extra = [unit.key for unit in two.units() if unit.key not in units]
    skipped = [{"episode": key, "reason": f"only in {against}"} for key in extra]
    equal, differing = 0, []
    for key in units:
        reason = _unfinished(mine.get(key), folder)
        if key not in known:
            reason = f"only in {folder}"
        reason = reason or _unfinished(theirs.get(key), against)
        if reason:
            skipped.append({"episode": key, "reason": reason})
        elif _told(mine[key]) == _told(theirs[key]):
            equal += 1
        else:
            differing.append(key)
    return _verdict(equal, differing, skipped, [])


def _unfinished(record: EpisodeRecord | None, folder: Path) -> str:
    if record is None:
        return f"not finished in {folder}"
    return f"failed in {folder} ({record.cause})" if record.status == "failed" else ""


def _told(record: EpisodeRecord) -> EpisodeRecord:
    return replace(record, measured=EpisodeMeasured())


def _steps_told(steps: Iterable[StepRecord]) -> list[StepRecord]:
    return [replace(step, measured=StepMeasured()) for step in steps]


def _verdict(equal: int, differing: list[str], skipped: list[dict[str, str]], resent: list[str]) -> dict[str, Any]:
    return {
        "episodes": equal + len(differing),
        "equal": equal,
        "differing": differing,
        "skipped": skipped,
        "resent": resent,
    }


class _Verifier:
    """Plays the episodes of one run again."""

    def __init__(self, journal: Journal) -> None:
        info = journal.info
        suite = from_resolved(info.config)
        self._journal = journal
        self._stage = set_stage(suite, make_cast(suite), info, SystemClock())

    async def verify(self) -> dict[str, Any]:
        equal = 0
        differing: list[str] = []
        resent: list[str] = []
        skipped: list[dict[str, str]] = []
        episodes = self._journal.episodes()
        for unit in self._journal.units():
            reason = _unfinished(episodes.get(unit.key), self._journal.folder)
            if reason:
                skipped.append({"episode": unit.key, "reason": reason})
                continue
            same = await self._repeats(unit, episodes[unit.key])
            if same is None:
                resent.append(unit.key)
            if same:
                equal += 1
            else:
                differing.append(unit.key)
        return _verdict(equal, differing, skipped, resent)

    async def _repeats(self, unit: UnitRecord, recorded: EpisodeRecord) -> bool | None:
        """Whether the episode comes out as recorded; None if it asks for a call that the journal does not hold."""
        stage, steps, grades = self._stage, list[StepRecord](), list[GradeRecord]()

        def keep(step: StepRecord, graded: Sequence[GradeRecord]) -> None:
            steps.append(step)
            grades.extend(graded)

        desk = CallDesk(None, self._journal.calls(unit.key), stage.identities)
        try:
            again = await stage.episode(unit, desk, keep).play()
        except CallNotRecordedError:
            return None
        except Exception:
            # What broke now and did not then is a difference, whatever it is.
            return False
        return (
            _told(again) == _told(recorded)
            and _steps_told(steps) == _steps_told(self._journal.steps(unit.key))
            and grades == list(self._journal.grades(unit.key))
        )
