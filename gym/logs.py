"""What the operator reads."""

from __future__ import annotations

import logging


class RefusalsInOneLine(logging.Filter):
    """Somebody without the role is an ordinary answer: its line says who asked for what, and needs no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never holds a record back."""
        if getattr(record, "status_code", None) == 403:
            record.exc_info = None
        return True
