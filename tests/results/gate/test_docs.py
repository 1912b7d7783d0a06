"""What docs/gate.md and docs/formats.md say of the gate is so."""

import re
import tomllib
from pathlib import Path
from typing import Any

from kibitz.results.gate.gate import gate
from kibitz.results.gate.policy import MetricFile, Policy, PolicyFile, parse_policy

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "gate.md").read_text("utf-8")
FORMATS = (DOCS / "formats.md").read_text("utf-8")


def test_the_policy_that_is_shown_is_the_default_with_every_key() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    data = tomllib.loads(shown)
    assert parse_policy(data, "gate.md") == Policy()
    assert set(data) == set(PolicyFile.model_fields)
    assert set(data["metrics"]["outcome"]) == set(MetricFile.model_fields)


def test_every_key_of_the_json_is_documented(make: Any) -> None:
    found: dict[str, Any] = gate([(make("a", [1.0] * 20), make("b", [0.0] * 20))], Policy()).as_json()
    keys = {*found, *found["metrics"][0], *found["agents"][0], *found["agents"][0]["baseline"], *found["flips"][0]}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", FORMATS)] == []
