"""The catalogue: names, pins and the error for an unknown model."""

import re

import pytest

from kibitz.agents.models.embedded.catalogue import ENTRIES, SMOLLM2, entry
from kibitz.agents.models.model import ModelError


def test_the_first_is_the_default_and_case_does_not_matter():
    assert entry("") is ENTRIES[0] is SMOLLM2
    assert entry("SmolLM2-135M-Instruct") is SMOLLM2


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(ModelError, match=r"'gpt' is not known; there are smollm2.*qwen.*path=FILE"):
        entry("gpt")


@pytest.mark.parametrize("known", ENTRIES, ids=lambda e: e.name)
def test_everything_is_pinned(known):
    for file in filter(None, (known.file, known.requantised)):
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.size > 10**7
        assert file.quantisation.lower() in file.name.lower()
    assert known.licence == "Apache-2.0"
