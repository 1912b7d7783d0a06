"""What must never be shown, and how it is kept out of all that a run writes down or prints.

Secrets come from the environment only: keys in variables that a suite names or that say what they are, and credentials
inside addresses. Whoever breaks may have one in its message, and a provider may echo one anywhere: in an error, a
header, a reply. So every text is looked at where it is written: failures, tracebacks and replies.
"""

from __future__ import annotations

import logging
import os
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from kibitz.agents.models.discover import KEYS
from kibitz.agents.models.failures import Secrets
from kibitz.harness.config import AgentConfig
from kibitz.harness.errors import BrokenError, KibitzError, UsageError, elsewhere

_SAYS_SO = re.compile(r"(^|_)(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|AUTHORIZATION)(_ID)?$", re.IGNORECASE)
_WITH_CREDENTIALS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s]*@[^@\s]*")

SHORTEST = 8
"""Characters of a value that is taken for a secret because of its variable's name alone: shorter ones are settings."""


def secrets_of(agents: Iterable[AgentConfig], environ: Mapping[str, str] = os.environ) -> Secrets:
    """All that a run could use and must not show.

    Args:
        agents: Who takes part; their options name variables that hold keys.
        environ: The environment.
    """
    named = {str(agent.options.get("api_key_env", "")) for agent in agents} | {variable for variable, *_ in KEYS}
    found = Secrets(environ[name].strip() for name in named if name in environ)
    for name, value in environ.items():
        if _SAYS_SO.search(name) and len(value) >= SHORTEST:
            found = found.and_also([value.strip()])
        if _WITH_CREDENTIALS.fullmatch(value):
            found = found.with_those_of(value)
    return found


@contextmanager
def hiding(secrets: Secrets) -> Iterator[None]:
    """Let nothing leave the block that shows a secret: no exception, by what it says or by what caused it, and no log.

    Raises:
        Exception: An expected error in the same words without the secret.
        BrokenError: In place of any other exception that would show one.
    """
    make = logging.getLogRecordFactory()
    logging.setLogRecordFactory(lambda *args, **more: _record_without(make(*args, **more), secrets))
    try:
        yield
    except Exception as error:
        shown = "".join(traceback.format_exception(error))
        hidden = secrets.hide(shown)
        if hidden == shown:
            raise
        raise _without(error, secrets, hidden) from None
    finally:
        logging.setLogRecordFactory(make)


def _without(error: Exception, secrets: Secrets, trace: str) -> Exception:
    if not isinstance(error, (KibitzError, *elsewhere())):
        return BrokenError(type(error).__name__, trace)
    text = secrets.hide(str(error))
    try:
        return type(error)(text)
    except TypeError:  # a class of a plug-in's own that takes something else
        return UsageError(text)


def _record_without(record: logging.LogRecord, secrets: Secrets) -> logging.LogRecord:
    """What libraries log when somebody asks them to, such as every header that a provider sent."""
    try:
        record.msg, record.args = secrets.hide(record.getMessage()), ()
    except (TypeError, ValueError):  # a message that does not fit its arguments: logging itself says so
        return record
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = secrets.hide("".join(traceback.format_exception(*record.exc_info)))
    return record
