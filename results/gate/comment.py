"""The gate as a Markdown comment: the verdict in the first line, the number to act on after it, then why."""

from __future__ import annotations

from kibitz.results.gate.gate import Result
from kibitz.results.gate.words import HEADINGS, MARKS, flips, headline, notes, rows
from kibitz.results.inert import inert, quoted, sentence


def markdown(result: Result) -> str:
    """The comment; names in it mention nobody, link nowhere and break no table."""
    lines = [f"**{MARKS[result.verdict]} {sentence(headline(result))}**", ""]
    lines.append("| " + " | ".join(HEADINGS) + " |")
    lines.append("| --- |" + " ---: |" * (len(HEADINGS) - 2) + " --- |")
    lines += ["| " + " | ".join([quoted(row[0]), *(inert(cell) for cell in row[1:])]) + " |" for row in rows(result)]
    lines.append("")
    shown, rest = flips(result)
    if shown:
        lines += ["Changed, worse first:", ""]
        lines += [f"- {quoted(name)} {scores}" for name, scores in shown]
        if rest:
            lines.append(f"- {rest}")
        lines.append("")
    first = result.matches[0].paired
    lines.append(f"Baseline {quoted(first.baseline.source)}, candidate {quoted(first.candidate.source)}.\n")
    lines += [f"- {sentence(note)}" for note in notes(result)]
    return "\n".join(lines) + "\n"
