"""The process that holds the model: runs one inference server until its parent goes away.

Run as a script, so that it needs nothing but the standard library and ``xllamacpp``. A process of its own, because
the native code may abort (a truncated slot file does) or meet an instruction that the processor lacks, and that must
not take a run and its journal with it.

It reads one line of JSON settings from stdin, prints one line of JSON (``address``) when it is ready, and then waits
for the end of stdin: that comes when the parent closes the pipe and also when the parent is killed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from typing import Any


def parameters(settings: dict[str, Any]) -> Any:  # noqa: ANN401 - the library has no types
    """Return the server's parameters; everything that can change a bit of a reply is set here, nothing is left auto."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings["model"]
    params.port = settings["port"]
    params.api_keys = [settings["key"]]
    params.slot_save_path = settings["slots"]
    params.n_parallel = 1
    params.n_ctx = settings["context"]
    params.n_batch = settings["batch"]
    params.n_ubatch = settings["ubatch"]
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F16
    params.cache_ram_mib = 0
    params.n_gpu_layers = 0
    params.n_threads_http = 2
    params.verbosity = 0
    params.ui = False
    return params


def leave(folder: str) -> None:
    """End this process and remove its folder, which the parent cannot do if it was killed."""
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def leave_with(parent: int, folder: str) -> None:
    """End this process when ``parent`` is gone, should another process have inherited the other end of stdin."""
    while os.getppid() == parent:
        time.sleep(1.0)
    leave(folder)


def main() -> None:
    """Serve until stdin ends."""
    # The native code may print; what the parent reads must be ours alone.
    ours = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    settings = json.loads(sys.stdin.buffer.readline())
    if os.name == "posix":
        threading.Thread(target=leave_with, args=(settings["parent"], settings["folder"]), daemon=True).start()
    import xllamacpp

    server = xllamacpp.Server(parameters(settings))
    ours.write(json.dumps({"address": server.listening_address}) + "\n")
    ours.flush()
    sys.stdin.buffer.read()
    leave(settings["folder"])


if __name__ == "__main__":
    main()
