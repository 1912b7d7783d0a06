"""The beginning of a child process: makes its channel safe, learns where to import from, and serves.

Run as a script, so that nothing of the current folder can be imported by mistake, and so that it needs nothing but the
standard library until its parent has said where packages are.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import signal
import struct
import sys
from contextlib import suppress


def main() -> None:
    """Serve the parent until it closes the pipe, or is gone."""
    # What games and bots read or print is theirs; the channel is ours, and their own children must not inherit it.
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    # After a fatal signal stderr says where the code was. A core file for each crash would fill the disk.
    faulthandler.enable(all_threads=False)
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
        # Where memory runs out, Linux is to kill this process, and not the one that holds the run.
        score.write("500")
    header = incoming.read(4)
    if len(header) < 4:
        return
    (length,) = struct.unpack("!I", header)
    path, alarm = pickle.loads(incoming.read(length))  # noqa: S301 - from the parent
    sys.path[:] = path
    from kibitz.harness.executors.serving import serve

    serve(incoming, outgoing, alarm)


if __name__ == "__main__":
    main()
