"""Finding and making models: ``backend[:NAME]`` plus options, through entry points.

A model class takes its name and its options, ``Class(name, **options)``, and declares the options as ``declared``.
What ships in the box registers in the same way as what others write. A class that cannot work without a name says what
the name is in ``name_is``; a class without that attribute, or with an empty one, makes do with an empty name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from inspect import getattr_static
from typing import Any, cast

from kibitz.agents.models.model import Model, ModelError
from kibitz.games.options import Option, OptionError, resolve

GROUP = "kibitz.models"
CONTRACT = ("identity", "share_key", "provider", "at_once", "capabilities", "open", "close")
"""What a model has beside ``complete``; see ``kibitz.agents.models.model.Model``."""


@cache
def installed() -> dict[str, EntryPoint]:
    """The entry points of all installed model back ends by name, without importing any of them."""
    return {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)}


def split_spec(spec: str) -> tuple[str, str]:
    """Split ``backend[:NAME]``; the name may hold further colons and is empty where there is none."""
    backend, _, name = spec.partition(":")
    return backend.strip(), name.strip()


def model_options(spec: str) -> tuple[Option, ...]:
    """The options that the model named by ``spec`` has.

    Raises:
        ModelError: No such back end is installed, or it cannot be imported.
    """
    return tuple(_load(split_spec(spec)[0]).declared)


def make_model(spec: str, options: Mapping[str, object]) -> Model:
    """Make the model named by ``spec``; nothing is connected to before it is opened.

    Args:
        spec: ``backend[:NAME]``, such as ``embedded`` or ``openai:gpt-5``.
        options: Values by option name; those left out have their defaults.

    Raises:
        ModelError: No such back end is installed, a name is missing, an option is unknown or not allowed, or
            the class lacks a part of the contract.
    """
    backend, name = split_spec(spec)
    made = _load(backend)
    name_is: str = getattr(made, "name_is", "")
    if name_is and not name:
        raise ModelError(f"model {spec!r} has no name; write {backend}:{name_is}")
    try:
        checked = resolve(f"model {backend}", made.declared, options)
        model: Model = made(name, **checked)
    except OptionError as error:
        raise ModelError(str(error)) from error
    missing = [part for part in CONTRACT if getattr_static(model, part, None) is None]
    if missing:
        raise ModelError(f"model back end {backend!r}: its class has no {', '.join(missing)}")
    return model


def _load(backend: str) -> Any:  # noqa: ANN401 - the class of a model: no type says "constructor of a Model"
    point = installed().get(backend)
    if point is None:
        raise ModelError(f"unknown model back end {backend!r}; installed: {', '.join(installed())}")
    try:
        loaded = point.load()
    except ImportError as error:
        raise ModelError(f"model back end {backend!r} cannot be imported from {point.value}: {error}") from error
    if not hasattr(loaded, "declared") or not callable(getattr(loaded, "complete", None)):
        raise ModelError(
            f"model back end {backend!r}: {point.value} is no model class (it needs `declared` and `complete`)"
        )
    return cast("Any", loaded)
