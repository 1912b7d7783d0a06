"""Whether this machine can run the inference library, asked without loading it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from importlib.util import find_spec
from pathlib import Path

NEEDED_FLAGS = ("avx2", "fma", "f16c")
"""Instruction sets that the library's build for x86 uses without asking."""

MOST_SERVERS = 4


def problem(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return why the library cannot run here, as one sentence; empty if it can, as far as can be told."""
    if find_spec("xllamacpp") is None:
        return (
            "xllamacpp is not installed (it has no build for this platform or was left out):"
            " pip install xllamacpp, or use another model"
        )
    if platform.machine().lower() in ("x86_64", "amd64") and cpuinfo.is_file():
        missing = missing_flags(cpuinfo.read_text(errors="replace"))
        if missing:
            names = ", ".join(missing).upper()
            return f"this processor lacks {names}, which the inference library needs; use another model"
    return ""


def missing_flags(cpuinfo: str) -> list[str]:
    """Return the needed instruction sets that the text of ``/proc/cpuinfo`` does not list."""
    for line in cpuinfo.splitlines():
        name, _, values = line.partition(":")
        if name.strip() == "flags":
            present = set(values.split())
            return [flag for flag in NEEDED_FLAGS if flag not in present]
    return []


def version() -> str:
    """Return the library's version, or ``none``; replies are promised to be equal only within one version."""
    try:
        return importlib.metadata.version("xllamacpp")
    except importlib.metadata.PackageNotFoundError:
        return "none"


def automatic_servers() -> int:
    """Return one server a core that this process may use, at most four: each holds a quarter of a gigabyte."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(MOST_SERVERS, cores))
