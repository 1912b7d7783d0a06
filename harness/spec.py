"""The SPEC of an agent on the command line: ``kind[:key=value,...]``, such as ``minimax:depth=4``.

A value that holds a comma, an equals sign or a quote goes into double quotes, where ``""`` stands for one quote. A
colon needs no quotes: ``llm:model=openai:my-model`` reads as it looks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kibitz.harness.errors import ConfigError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+=-]{0,79}")
"""What an agent may be called: no blanks, commas or slashes, which part the names in an episode's key."""

_PAIR = re.compile(r'([A-Za-z_][A-Za-z0-9_-]*)=("(?:[^"]|"")*"|[^",=]*)(,|$)')


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec, read but not yet checked against what the agent's kind declares.

    Attributes:
        kind: The kind of agent.
        options: Options as they were written.
        name: The name in the run: given with ``name=``, or made of the spec.
    """

    kind: str
    options: dict[str, str] = field(default_factory=dict)
    name: str = ""


def parse(text: str) -> Spec:
    """Read a spec.

    Raises:
        ConfigError: The text is not a spec; the message shows how to write one.
    """
    kind, colon, rest = text.partition(":")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", kind) or (colon and not rest):
        raise ConfigError(f"agent {_shown(text)} is not a spec; write kind[:key=value,...], such as minimax:depth=4")
    options: dict[str, str] = {}
    place = 0
    while place < len(rest):
        found = _PAIR.match(rest, place)
        if found is None or (found[3] and found.end() == len(rest)):
            raise ConfigError(
                f"agent {_shown(text)}: {_shown(rest[place:])} is not key=value; "
                "parts are separated by commas, and a value with a comma or an equals sign goes into double quotes"
            )
        key, value = found[1], found[2]
        if key in options:
            raise ConfigError(f"agent {_shown(text)}: {key} is given twice")
        options[key] = value[1:-1].replace('""', '"') if value.startswith('"') else value
        place = found.end()
    name = options.pop("name", "")
    if name and not NAME.fullmatch(name):
        raise ConfigError(f"agent {_shown(text)}: the name {name!r} may hold letters, digits and . _ : @ + = - only")
    return Spec(kind, options, name or default_name(kind, options))


_HIDDEN = re.compile(
    r"((?:api_?key|token|secret|password)=)[^,]*|(base_url=)[^,]*@[^,]*|\b(?:sk-|pk-|hf_|gsk_|xai-|AIza|ghp_)[\w-]+"
)


def _shown(text: str) -> str:
    """A spec that could not be read, for a message: what may be a key in it is left out."""
    return repr(_HIDDEN.sub(lambda found: f"{found[1] or found[2] or ''}...", text))


def default_name(kind: str, options: dict[str, str]) -> str:
    """The name of an agent that was given none: its model if it has one, else its kind with its options."""
    model = options.get("model")
    rest = {key: value for key, value in options.items() if key not in ("model", "base_url", "api_key_env")}
    parts = [model or kind, *(f"{key}={value}" for key, value in rest.items())]
    written = ":".join(parts[:1]) + (":" + "+".join(parts[1:]) if len(parts) > 1 else "")
    return re.sub(r"[^A-Za-z0-9._:@+=-]+", "-", written).strip("-._:@+=")[:80] or kind
