"""Build hook: makes the four top-level folders importable as ``kibitz.*``.

For a wheel it adds the generated ``kibitz/__init__.py`` and ``kibitz/py.typed``. For a development install it also
links each room into ``.dev/kibitz`` (a plain folder on the path, so that type checkers and editors can follow it).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOMS = ("games", "agents", "harness", "results")

INIT = '''"""Kibitz: a benchmark harness that checks what agents say against what is true."""

from __future__ import annotations


def __getattr__(name: str) -> str:
    # The version is looked up on first use: importlib.metadata costs tens of milliseconds at start.
    if name == "__version__":
        from importlib.metadata import version

        return version("kibitz")
    raise AttributeError(f"module 'kibitz' has no attribute {name!r}")
'''


def link(target: Path, place: Path) -> None:
    """Make ``place`` a link to the folder ``target``; leave a right one, replace a wrong one."""
    if place.is_symlink() or place.exists():
        if place.resolve() == target.resolve():
            return
        place.unlink()
    if sys.platform == "win32":
        import _winapi

        _winapi.CreateJunction(str(target.resolve()), str(place))
    else:
        place.symlink_to(os.path.relpath(target, place.parent), target_is_directory=True)


class KibitzBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        root = Path(self.root)
        package = root / ".dev" / "kibitz"
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").write_text(INIT, encoding="utf-8")
        (package / "py.typed").write_text("", encoding="utf-8")
        if version == "editable":
            for room in ROOMS:
                link(root / room, package / room)
        elif self.target_name == "wheel":
            for name in ("__init__.py", "py.typed"):
                build_data["force_include"][str(package / name)] = f"kibitz/{name}"
