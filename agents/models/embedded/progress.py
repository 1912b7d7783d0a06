"""Progress of a download on stderr: a bar on a terminal, a plain line every ten per cent elsewhere.

Downloads are made by libraries and programs that show progress in their own ways or not at all. What they have in
common is a folder that grows, so that is what is watched.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Say = Callable[[str], None]
"""Shows one line to the person at the terminal."""


def say(line: str) -> None:
    """Write ``line`` to stderr."""
    print(line, file=sys.stderr, flush=True)


def folder_bytes(folder: Path) -> int:
    """Return the size of all files below ``folder``; files that vanish meanwhile count as nothing."""
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() and not file.is_symlink() else 0
        except OSError:
            continue
    return total


def plain_lines(title: str, size: int, show: Say) -> Callable[[int], None]:
    """Return a function that, told the bytes so far, shows a line for each new ten per cent."""
    shown = 0

    def update(done: int) -> None:
        nonlocal shown
        tenth = min(9, done * 10 // size)
        if tenth > shown:
            shown = tenth
            show(f"{title}: {tenth * 10} % of {size / 1e6:.0f} MB")

    return update


@contextmanager
def watching(folder: Path, title: str, size: int, show: Say, *, every: float = 0.25) -> Iterator[None]:
    """Show how ``folder`` grows towards ``size`` bytes while the block runs."""
    done = threading.Event()

    def watch(update: Callable[[int], None]) -> None:
        while not done.wait(every):
            update(folder_bytes(folder))

    if sys.stderr.isatty():
        bar = _bar(title, size)
    else:
        bar = plain_lines(title, size, show), lambda: None
    update, stop = bar
    thread = threading.Thread(target=watch, args=(update,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        stop()


def _bar(title: str, size: int) -> tuple[Callable[[int], None], Callable[[], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(title, total=size)
    bar.start()
    return lambda done: bar.update(task, completed=min(done, size)), bar.stop
