"""What there is of the embedded model on this machine, without fetching, hashing or starting anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kibitz.agents.models.embedded import catalogue, runtime, weights


@dataclass(frozen=True, slots=True)
class Status:
    """State of one model.

    Attributes:
        file: The file in the cache that would be run, None if it has to be fetched first.
        fetch: Bytes to be fetched at the first use.
        licence: Licence of the weights.
        problem: Why it cannot run here, empty if it can.
    """

    name: str
    file: Path | None
    fetch: int
    licence: str
    problem: str

    def __str__(self) -> str:
        """One line for a person."""
        if self.problem:
            return self.problem
        if self.file is not None:
            return f"ready, {self.file} ({self.file.stat().st_size / 1e6:.0f} MB, licence {self.licence})"
        return f"not fetched yet ({self.fetch / 1e6:.0f} MB, licence {self.licence})"


def status(name: str = "") -> Status:
    """Return the state of a model of the catalogue; the default's without a name.

    Raises:
        ModelError: There is no such model.
    """
    known = catalogue.entry(name)
    file = weights.find_weights(known)
    problem = runtime.problem()
    if not problem and file is None and weights.offline():
        problem = f"not in {weights.cache_folder()}, and KIBITZ_OFFLINE forbids to fetch it"
    return Status(known.name, file, 0 if file else known.file.size, known.licence, problem)
