"""How a mistake in a file that people write is said: what follows the place and the value, from what pydantic found.

Suite files and policies are checked by different schemas and told in the same words.
"""

from __future__ import annotations

from pydantic_core import ErrorDetails

_TYPES = {
    "string_type": "a string",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "tuple_type": "a list",
}

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def wrong_value(said: str, details: ErrorDetails) -> str:
    """Say what is wrong with a value.

    Args:
        said: The place and the value, such as ``[protocol] retries = 'many'``.
        details: The mistake.
    """
    kind, context = details["type"], details.get("ctx", {})
    if kind == "literal_error":
        return f"{said} is not one of {context['expected'].replace(chr(39), '').replace(' or ', ', ')}"
    if kind == "string_pattern_mismatch":
        return f"{said} may hold letters, digits and . _ - only, and starts with a letter or digit"
    if kind in _TYPES:
        return f"{said} is not {_TYPES[kind]}"
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"{said} must be {words} {context[bound]:g}"
    return f"{said}: {details['msg']}"
