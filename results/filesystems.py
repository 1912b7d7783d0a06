"""Which file systems a journal may lie on.

SQLite's write-ahead log needs memory that all its users share and locks that all of them see: "WAL does not work over a
network filesystem" (sqlite.org/wal.html). On some of them opening fails at once, on others everything seems well until
the file is damaged, hours and many paid calls later. So they are found by what the operating system says about its
mounts, before anything is written.

Two sorts are refused. Network and cluster file systems, whoever else uses them: their caches and locks are not those of
one machine. And folders that a virtual machine shares with its host (9p of WSL, virtiofs and its wrappers of desktop
container engines, shared folders of virtual machines): guest and host do not share memory, and users report damaged
databases from all of them. The latter are let pass as the root of the whole system: sandboxes such as gVisor and Kata
name their own disk so, and nobody else uses it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Protocol

TRUST = "KIBITZ_TRUST_FILESYSTEM"
"""Environment variable: ``1`` lets a journal be written wherever one is told to."""

NETWORK = frozenset({
    "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre", "nfs", "nfs3", "nfs4", "panfs",
    "orangefs", "pvfs2", "quobyte", "smb2", "smb3", "smbfs", "webdav", "wekafs",
})  # fmt: skip
"""Types that reach over a network."""

REMOTE_FUSE = frozenset({
    "blobfuse", "blobfuse2", "ceph", "ceph-fuse", "curlftpfs", "davfs", "gcsfuse", "glusterfs", "goofys", "gvfsd-fuse",
    "juicefs", "mfs", "mountpoint-s3", "rclone", "s3fs", "seaweedfs", "smbnetfs", "sshfs",
})  # fmt: skip
"""What stands behind ``fuse.`` for file systems in user space that reach over a network."""

SHARED_WITH_HOST = frozenset({
    "9p", "drvfs", "fakeowner", "fuse.grpcfuse", "fuse.osxfs", "fuse.virtiofs", "fuse.vmhgfs-fuse", "prl_fs", "vboxsf",
    "virtiofs", "vmhgfs",
})  # fmt: skip
"""Types of folders that a virtual machine or container shares with its host."""


class Mounted(Protocol):
    """A mounted file system, as ``psutil.disk_partitions`` describes it."""

    @property
    def device(self) -> str:
        """What is mounted."""

    @property
    def mountpoint(self) -> str:
        """Where."""

    @property
    def fstype(self) -> str:
        """Its type."""

    @property
    def opts(self) -> str:
        """Its options, with commas between."""


def network_file_system(folder: PurePath, mounts: Iterable[Mounted]) -> str | None:
    """The type of the file system of ``folder`` if a journal is unsafe on it, else None.

    Args:
        folder: An absolute path without symbolic links; it need not exist.
        mounts: All that is mounted, in the order in which it was: of two at one place the later one counts.
    """
    if folder.drive.startswith(("\\\\", "//")):
        return "a network share"
    found: Mounted | None = None
    longest = -1
    for mount in mounts:
        place = type(folder)(mount.mountpoint)
        if folder.is_relative_to(place) and len(place.parts) >= longest:
            found, longest = mount, len(place.parts)
    return None if found is None else _unsafe(found)


def _unsafe(mount: Mounted) -> str | None:
    kind = mount.fstype
    if "remote" in mount.opts.split(","):  # Windows: a drive letter for a network share
        return f"{kind or 'unknown type'} on a network drive"
    if kind in SHARED_WITH_HOST:
        return None if mount.mountpoint == "/" else kind
    fuse, _, name = kind.partition(".")
    # Some clients give no name of their own, but the address that they have mounted.
    remote = fuse == "fuse" and (name in REMOTE_FUSE or "://" in mount.device)
    return kind if kind in NETWORK or remote else None
