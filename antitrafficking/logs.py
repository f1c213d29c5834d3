"""Log records that can be found again: each traceback carries the number that the error page showed."""

import logging


class IncidentFilter(logging.Filter):
    """Add `incident` to every record: the number of the error page, or a dash."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.incident = getattr(request, "incident", "-")
        return True
