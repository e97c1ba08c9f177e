"""No personal number in a log line, a traceback or an error report.

Code is written so that none gets there. This stands behind it, for the exception text and the
address that somebody else's code prints: every record of the process passes it, whatever handler
writes it (the web server's access log has one of its own).
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from core.masking import redact

# Inputs and variables that hold personal numbers under these names, in whatever form they are written.
PERSONAL: Final = re.compile(r"phone|contact|bank_account|resident_id|mobile|payee", re.IGNORECASE)

# Parts of an address after which a key stands: whoever reads it in a log could use it.
_keys_after: list[re.Pattern[str]] = []

_make: Callable[..., logging.LogRecord] = logging.getLogRecordFactory()


def hide_after(part: str) -> None:
    """From now on no log line shows what follows this part of an address (`/invitations/…/`)."""
    _keys_after.append(re.compile(rf"((?:/|%2F){re.escape(part)}(?:/|%2F))[^/%\s\"'?&#]+", re.IGNORECASE))


def sieved(text: str) -> str:
    """The text without personal numbers, and without the keys that stand in addresses."""
    for pattern in _keys_after:
        text = pattern.sub(r"\1***", text)
    return redact(text)


def redacting_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A log record whose text and traceback are masked before any handler sees them."""
    record = _make(*args, **kwargs)
    try:
        text = record.getMessage()
    except Exception:
        # A call with the wrong arguments: `logging` itself complains when it formats the record.
        return record
    masked = sieved(text)
    if masked != text:
        record.msg, record.args = masked, None
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = sieved("".join(traceback.format_exception(*record.exc_info))).rstrip("\n")
    return record


def install() -> None:
    """Makes every log record of this process pass `redacting_record`; doing it twice changes nothing."""
    global _make
    if logging.getLogRecordFactory() is not redacting_record:
        _make = logging.getLogRecordFactory()
        logging.setLogRecordFactory(redacting_record)


class RedactingFilter(SafeExceptionReporterFilter):
    """Error reports without personal numbers, in production and in development."""

    hidden_settings = re.compile(
        SafeExceptionReporterFilter.hidden_settings.pattern + r"|FIELD_KEYS|INDEX_KEY", flags=re.IGNORECASE
    )

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        """Everything that was sent, personal inputs starred whatever was typed into them."""
        sent = super().get_post_parameters(request)
        starred = sent.copy()
        for name in sent:
            starred[name] = self.cleansed_substitute if PERSONAL.search(name) else redact(str(sent[name]))
        return starred

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> Any:
        found = super().get_traceback_frame_variables(request, tb_frame)
        return [(name, self.cleansed_substitute if PERSONAL.search(name) else value) for name, value in found]


class RedactingReporter(ExceptionReporter):
    """Django's error report with everything masked that looks like a personal number."""

    def get_traceback_html(self) -> SafeString:
        return SafeString(sieved(super().get_traceback_html()))

    def get_traceback_text(self) -> SafeString:
        return SafeString(sieved(super().get_traceback_text()))
