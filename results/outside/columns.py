"""Which column of a table means what.

Ours are ``task``, ``score`` and the optional ones below; ``score.NAME`` is one more metric, and ``condition.NAME`` is
what must be equal on both sides of a comparison. Other columns are not looked at, unless one looks like a slip of the
pen: a cluster that is not read would make every interval too narrow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from kibitz.results.outside.form import OutsideError
from kibitz.results.outside.names import require_harmless_header

ALIASES = {"cost": "usd", "model": "subject", "agent": "subject"}
NEEDED = ("task", "score")
OPTIONAL = ("trial", "cluster", "group", "subject", "usd", "tokens", "seconds", "failed", "fault")
SLIP = 0.8
"""How like one of ours a name must be to be a slip of the pen, by difflib's measure: ``trail`` is, ``mode`` is not."""

METRIC = "score."
CONDITION = "condition."


@dataclass(frozen=True)
class ReadOptions:
    """What the user says about files that Kibitz did not write.

    Attributes:
        columns: Names of the file's columns by ours, where they differ.
        scorer: Which of the scorers of an Inspect log gives the outcome; None where it has only one.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    scorer: str | None = None


AS_THEY_ARE = ReadOptions()


def parse_columns(text: str) -> dict[str, str]:
    """Read ``task=id,score=correct``: our name, then the file's.

    Raises:
        OutsideError: It is not of that form, or names a column that we do not have.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        ours, equals, theirs = (piece.strip() for piece in part.partition("="))
        if not (equals and ours and theirs):
            raise OutsideError(f"--columns {text}: write OURS=THEIRS, such as task=id,score=correct")
        ours = ALIASES.get(ours, ours)
        if not known(ours):
            raise OutsideError(
                f"--columns {text}: {ours!r} is no column of ours; they are {', '.join((*NEEDED, *OPTIONAL))}, "
                f"{METRIC}NAME and {CONDITION}NAME"
            )
        if ours in found:
            raise OutsideError(f"--columns {text}: says twice which column is {ours!r}")
        found[ours] = theirs
    return found


def known(ours: str) -> bool:
    """Whether a column of ours has this name."""
    return ours in NEEDED or ours in OPTIONAL or any(ours.startswith(p) and ours != p for p in (METRIC, CONDITION))


def meanings(source: str, header: Collection[str], options: ReadOptions) -> dict[str, str]:
    """What each column of a file means: our name by the file's. Columns without meaning are left out.

    Args:
        source: The file, as the user named it.
        header: The file's columns.
        options: What the user said.

    Raises:
        OutsideError: A column is missing, means the same as another, or looks like a slip of the pen.
    """
    require_harmless_header(source, header)
    found: dict[str, str] = {}
    for ours, theirs in options.columns.items():
        if theirs not in header:
            raise OutsideError(f"{source}: has no column {theirs!r} ({ours}); its columns are {_listed(header)}")
        if theirs in found:
            raise OutsideError(f"{source}: column {theirs!r} cannot be both {found[theirs]} and {ours}")
        found[theirs] = ours
    taken: dict[str, str] = {ours: theirs for theirs, ours in found.items()}
    for theirs in header:
        ours = _plain(theirs)
        if theirs in found or ours in options.columns:
            continue
        if known(ours):
            if ours in taken:
                raise OutsideError(
                    f"{source}: the columns {taken[ours]!r} and {theirs!r} both mean {ours}; "
                    f"say which one with --columns {ours}=NAME"
                )
            found[theirs], taken[ours] = ours, theirs
    for theirs in header:
        absent = [name for name in OPTIONAL if name not in taken]
        if theirs not in found and (near := get_close_matches(_plain(theirs), absent, 1, SLIP)):
            raise OutsideError(
                f"{source}: is the column {theirs!r} meant to be {near[0]!r}? Say --columns {near[0]}={theirs}, "
                "or give it a name that is less like it"
            )
    return found


def require_needed(source: str, header: Collection[str], taken: Collection[str]) -> None:
    """Check that the columns are there without which nothing can be read.

    Raises:
        OutsideError: One is missing.
    """
    if missing := [ours for ours in NEEDED if ours not in taken]:
        example = ",".join(f"{ours}=NAME" for ours in missing)
        raise OutsideError(
            f"{source}: has no column {' and no column '.join(map(repr, missing))}; its columns are {_listed(header)}. "
            f"Say which is which with --columns {example}"
        )


def _plain(theirs: str) -> str:
    name = theirs.strip()
    prefix, dot, rest = name.partition(".")
    # The name of a metric keeps its letters; only what we know is read in any case.
    lower = f"{prefix.lower()}.{rest}" if dot else name.lower()
    return ALIASES.get(lower, lower)


def _listed(header: Collection[str]) -> str:
    names = [name if len(name) <= 40 else name[:40] + "..." for name in header]
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
