"""The decision that ended a run early: kept beside its journal, so that what is not played is known to be meant."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

FILE_NAME = "decision.json"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Why a run was ended.

    Attributes:
        verdict: What became certain.
        deals: After how many deals (blocks of the schedule) it did.
        episodes: Paired episodes of these deals.
        gate: The gate as a JSON object, from these deals alone.
    """

    schema: Literal[1] = 1
    verdict: Literal["PASS", "FAIL"]
    deals: int
    episodes: int
    gate: dict[str, Any]


def write_decision(folder: Path, decision: Decision) -> None:
    """Keep a decision in a run folder, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    new = folder / f"{FILE_NAME}.new"
    new.write_bytes(msgspec.json.encode(decision, order="sorted") + b"\n")
    new.replace(folder / FILE_NAME)


def read_decision(folder: Path) -> Decision | None:
    """The decision in a run folder; None where there is none, or none that can be read: then the run is incomplete."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=Decision)
    return None
