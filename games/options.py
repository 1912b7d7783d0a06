"""Options: the settings that a game or an agent declares, with defaults and allowed values, as data.

One table a class. From it come validation with a clear message, ``kibitz list``, the docs and the setting hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite

Value = str | int | float | bool


class OptionError(ValueError):
    """An option is unknown or its value is not allowed."""


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: its name, default, what it means, and which values are allowed.

    ``choices`` lists the allowed values; ``low`` and ``high`` bound a number, both inclusive. The type of the default
    is the type of the option; an int is accepted where a float is declared. ``inert`` marks a setting that cannot
    change a result (a time-out, a folder): it is left out of hashes.
    """

    name: str
    default: Value
    doc: str
    choices: tuple[Value, ...] = ()
    low: float | None = None
    high: float | None = None
    inert: bool = False

    def check(self, where: str, value: object) -> Value:
        """Return ``value`` in the option's type.

        Raises:
            OptionError: The value has the wrong type or lies outside what is allowed.
        """
        wanted = type(self.default)
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            raise OptionError(f"{where}: {self.name} = {value!r} is not {_TYPE_NAMES[wanted]}{self._hint()}")
        if self.choices and value not in self.choices:
            raise OptionError(f"{where}: {self.name} = {value!r} is not one of {_listed(self.choices)}")
        if isinstance(value, float) and not isfinite(value):
            raise OptionError(f"{where}: {self.name} = {value!r} is not a finite number")
        if isinstance(value, int | float) and not isinstance(value, bool) and not self._within(value):
            raise OptionError(f"{where}: {self.name} = {value!r} is outside {self._range()}")
        return value

    def read(self, where: str, text: str) -> Value:
        """Return the value written as ``text`` on a command line.

        Raises:
            OptionError: The text is not a value of the option's type.
        """
        value: object = text
        if isinstance(self.default, bool):
            value = {"true": True, "false": False}.get(text.lower(), text)
        elif isinstance(self.default, int | float):
            try:
                value = type(self.default)(text)
            except ValueError:
                value = text
        return self.check(where, value)

    def _within(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def _range(self) -> str:
        if self.high is None:
            return f"{_number(self.low)} and up"
        if self.low is None:
            return f"up to {_number(self.high)}"
        return f"{_number(self.low)}..{_number(self.high)}"

    def _hint(self) -> str:
        if self.choices:
            return f", one of {_listed(self.choices)}"
        return f", {self._range()}" if self.low is not None or self.high is not None else ""


_TYPE_NAMES: dict[type, str] = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(v) for v in values)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def resolve(where: str, declared: Iterable[Option], given: Mapping[str, object]) -> dict[str, Value]:
    """Return every declared option with its given or default value, in the order of declaration.

    Args:
        where: What the options belong to, for the message, such as ``game connect4``.
        declared: The options there are.
        given: Values by name.

    Raises:
        OptionError: An option is unknown, or a value is not allowed.
    """
    declared = tuple(declared)
    names = [option.name for option in declared]
    for name in given:
        if name not in names:
            known = f"it has {_listed(names)}" if names else "it has no options"
            raise OptionError(f"{where}: unknown option {name!r}; {known}")
    return {o.name: o.check(where, given[o.name]) if o.name in given else o.default for o in declared}
