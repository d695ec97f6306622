"""Keeping secrets out of logs: what the services and the SDK say is masked before anybody reads it.

The SDK sends parameters in the query of the URL, a new system's password among them, and both
``urllib3`` and ``requests`` put that URL into their DEBUG records and error messages. A service that
refuses a signature answers with all that it signed.
"""

from __future__ import annotations

import logging

from swaslift.redaction import mask

__all__ = ["LOGGERS", "guard_loggers", "mask"]

LOGGERS = (
    "urllib3.connectionpool",
    "urllib3.util.retry",
    "darabonba-core",
    "alibabacloud-tea",
    "credentials",
    "swaslift.cloud",
    "swaslift.waiting",
)
"""Loggers of the SDK and its libraries that write out URLs, headers, and answers that hold keys; and our own,
which write out what listeners raise."""


_FORMATTER = logging.Formatter()


class _Mask(logging.Filter):
    """Masks records and lets all of them pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        masked = mask(text)
        if masked != text:
            record.msg, record.args = masked, ()
        if record.exc_info:
            trace = record.exc_text or _FORMATTER.formatException(record.exc_info)
            masked = mask(trace)
            if masked != trace:
                record.exc_text, record.exc_info = masked, None
        return True


def guard_loggers() -> None:
    """Mask what the SDK's libraries log; levels, handlers and everything else stay as they are."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(f, _Mask) for f in logger.filters):
            logger.addFilter(_Mask())
