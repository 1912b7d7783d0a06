"""The prompt set of an agent: named blocks of text, each a Jinja template.

Blocks are layered: those of the version (``v1/``), over them those of the style (``v1/compact/``), over them those of a
folder that a suite names. The hash over what results is part of the agent's identity, so that a changed word is another
agent. Observations, answers and replies come in as values and are never read as templates.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Style = Literal["standard", "compact"]

VERSION = "v1"
SUFFIX = ".md.j2"
LARGEST_BLOCK = 100_000
"""Bytes of a block in a suite's folder; a larger file is a mistake."""


class PromptError(ValueError):
    """A prompt block is unknown, unreadable, or no template; the message names block and folder."""


class PromptSet:
    """The blocks of one agent, ready to render.

    Attributes:
        sources: Source text by block name.
        hash: SHA-256 over all of them.
    """

    def __init__(self, style: Style = "standard", folder: str = "") -> None:
        """Load the blocks.

        Args:
            style: ``standard``, or ``compact`` for small models.
            folder: Folder with blocks that replace ours, named like them; empty for none.

        Raises:
            PromptError: The folder holds something that is no block.
        """
        self.sources = {**_shipped(style), **(_own(Path(folder), style) if folder else {})}
        self.hash = hashlib.sha256(json.dumps([VERSION, self.sources], sort_keys=True).encode()).hexdigest()
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader({name: _inlined(source, self.sources) for name, source in self.sources.items()}),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
            keep_trailing_newline=True,
        )
        self._globals = dict(self._environment.globals)
        for name in self.sources:
            self._check(name, folder)
        self._templates: dict[str, Template] = {name: self._environment.get_template(name) for name in self.sources}

    def _check(self, name: str, folder: str) -> None:
        """Check a block by itself: compiled within another one, a mistake in it would be told of that one."""
        try:
            self._environment.compile(self.sources[name])
        except TemplateSyntaxError as error:
            raise PromptError(
                f"prompt block {name}{SUFFIX} in {folder}, line {error.lineno}: {error.message}"
            ) from None

    def render(self, block: str, **values: object) -> str:
        """Render one block; blank lines around the whole are dropped.

        Raises:
            PromptError: The template asks for a value that it is not given, or does what templates may not.
        """
        try:
            template = self._templates[block]
            # What ``Template.render`` does, without laying the globals over each other anew each time.
            context = template.new_context({**self._globals, **values}, shared=True)
            return "".join(template.root_render_func(context)).strip("\n")
        except (TemplateError, ArithmeticError, TypeError, ValueError) as error:
            raise PromptError(f"prompt block {block}{SUFFIX}: {error}") from error


_INCLUDE = re.compile(r"""\{% include "(\w+)" %\}\n?""")  # with the line break that Jinja trims after a tag


def _inlined(source: str, sources: Mapping[str, str], depth: int = 4) -> str:
    """The source with blocks that it names put in place: finding them anew at each rendering takes half its time.

    A block that sets a name, or that is included in any other way, stays an include.
    """

    def put(found: re.Match[str]) -> str:
        block = sources.get(found[1])
        if block is None or not depth or "{% set" in block or "{%-" in block or "-%}" in block:
            return found[0]
        return _inlined(block, sources, depth - 1)

    return _INCLUDE.sub(put, source)


@cache
def shipped_set(style: Style) -> PromptSet:
    """Our own blocks, compiled once."""
    return PromptSet(style)


def _blocks(folder: Traversable) -> dict[str, str]:
    # Read as text with universal line ends: a checkout on Windows has the same hash.
    return {
        item.name.removesuffix(SUFFIX): item.read_text(encoding="utf-8")
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(SUFFIX)
    }


@cache
def _shipped(style: Style) -> Mapping[str, str]:
    folder = files("kibitz.agents.prompts") / VERSION
    blocks = _blocks(folder)
    return blocks if style == "standard" else {**blocks, **_blocks(folder / style)}


def block_names() -> tuple[str, ...]:
    """The names of all blocks that a suite can replace."""
    return tuple(_shipped("standard"))


def _own(folder: Path, style: Style) -> dict[str, str]:
    if not folder.is_dir():
        raise PromptError(f"prompts = {str(folder)!r} is not a folder")
    own = {}
    for path in sorted(folder.iterdir()):
        name = path.name.removesuffix(SUFFIX)
        if not path.name.endswith(SUFFIX) or name not in _shipped(style):
            raise PromptError(
                f"prompts: {path} is no prompt block; blocks are "
                + ", ".join(known + SUFFIX for known in sorted(_shipped(style)))
            )
        own[name] = _read(path)
    if not own:
        raise PromptError(f"prompts: the folder {folder} holds no blocks")
    return own


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_BLOCK:
            raise PromptError(f"prompts: {path} is larger than {LARGEST_BLOCK} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"prompts: {path} cannot be read: {error}") from error
