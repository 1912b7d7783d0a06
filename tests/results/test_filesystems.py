from collections import namedtuple
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from kibitz.results.filesystems import network_file_system

Mount = namedtuple("Mount", "device mountpoint fstype opts")


def mounts(*lines):
    """Each line: mount point, type, and optionally options and device."""
    table = []
    for line in lines:
        parts = line.split()
        place, kind, opts, device = parts + ["rw", "none"][len(parts) - 2 :]
        table.append(Mount(device, place, kind, opts))
    return table


LINUX = mounts(
    "/ ext4", "/proc proc", "/home nfs4 rw,vers=4.2 server:/home", "/home/ann/disk xfs", "/scratch lustre",
    "/mnt/c 9p rw,aname=drvfs;path=C:\\ C:\\", "/mnt/far fuse.sshfs", "/mnt/ntfs fuseblk", "/mnt/dav fuse rw https://x/y",
    "/mnt/own fuse rw whatever", "/data autofs", "/data nfs", "/bind nfs", "/bind ext4", "/share cifs",
)  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/runs/a", None),
        ("/", None),
        ("/home/ann/runs/a", "nfs4"),
        ("/home", "nfs4"),
        ("/homework/a", None),
        ("/home/ann/disk/a", None),
        ("/scratch/a", "lustre"),
        ("/mnt/c/Users/a", "9p"),
        ("/mnt/far/a", "fuse.sshfs"),
        ("/mnt/ntfs/a", None),
        ("/mnt/dav/a", "fuse"),
        ("/mnt/own/a", None),
        ("/data/a", "nfs"),
        ("/bind/a", None),
        ("/share/a", "cifs"),
    ],
)
def test_the_longest_mount_point_that_was_mounted_last_counts(folder, kind):
    assert network_file_system(PurePosixPath(folder), LINUX) == kind


@pytest.mark.parametrize("kind", ["9p", "virtiofs", "fakeowner"])
def test_what_is_shared_with_a_host_is_let_pass_as_the_root_of_a_sandbox(kind):
    found = mounts(f"/ {kind}", f"/srv {kind}", "/tmp tmpfs")
    folders = ("/root/runs", "/srv/runs", "/tmp/runs")
    assert [network_file_system(PurePosixPath(folder), found) for folder in folders] == [None, kind, None]


def test_a_root_on_the_network_is_no_exception():
    assert network_file_system(PurePosixPath("/runs"), mounts("/ nfs")) == "nfs"


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("C:\\runs\\a", None),
        ("z:\\runs\\a", "NTFS on a network drive"),
        ("\\\\server\\share\\runs", "a network share"),
        ("Q:\\runs", None),
    ],
)
def test_windows_says_which_drives_are_remote(folder, kind):
    drives = [Mount("C:\\", "C:\\", "NTFS", "rw,fixed"), Mount("Z:\\", "Z:\\", "NTFS", "rw,remote")]
    assert network_file_system(PureWindowsPath(folder), drives) == kind


def test_macos():
    found = mounts("/ apfs", "/System/Volumes/Data apfs", "/Volumes/team smbfs rw //ann@server/team")
    folders = ("/Users/ann/runs", "/Volumes/team/runs")
    assert [network_file_system(PurePosixPath(folder), found) for folder in folders] == [None, "smbfs"]


def test_nothing_is_known_of_a_system_without_mounts():
    assert network_file_system(PurePosixPath("/runs"), []) is None
