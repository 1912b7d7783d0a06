"""The environment of a child process: what a program needs to run, and nothing that opens a door.

The child gets what is listed here and no more. A list of what to take away would miss the next provider's key; and a
game, being a function of seed and actions, has no use for the rest. This keeps keys out of crash reports and out of
code that is careless. It is no prison: code that runs under the same user can find other ways.
"""

from __future__ import annotations

from collections.abc import Mapping

_PROGRAMS = "PATH HOME USER LOGNAME SHELL TZ TMPDIR TMP TEMP DISPLAY JAVA_HOME VIRTUAL_ENV KIBITZ_CACHE KIBITZ_OFFLINE"
_WORDS = "LANG LANGUAGE LC_ALL LC_COLLATE LC_CTYPE LC_MESSAGES LC_NUMERIC LC_TIME"
_FOLDERS = "XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR LD_LIBRARY_PATH DYLD_LIBRARY_PATH"
_WINDOWS = "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE USERNAME APPDATA LOCALAPPDATA PROGRAMDATA"
_PYTHON = "PYTHONHOME PYTHONPATH PYTHONHASHSEED PYTHONUTF8 PYTHONOPTIMIZE PYTHONNOUSERSITE PYTHONDONTWRITEBYTECODE"
_PROCESSORS = "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS CUDA_VISIBLE_DEVICES NUMBER_OF_PROCESSORS"

NEEDED = frozenset(f"{_PROGRAMS} {_WORDS} {_FOLDERS} {_WINDOWS} {_PYTHON} {_PROCESSORS}".split())
"""Names of the variables that are passed on."""


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of ``environ`` that a child process gets."""
    return {name: value for name, value in environ.items() if name.upper() in NEEDED}
