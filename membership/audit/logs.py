"""What may not stand in a log: mobile numbers and codes are masked before a record is written. In production a record
is one line of JSON, whatever was typed into what it tells."""

import json
import logging
import re
from datetime import UTC, datetime

from membership.audit.origin import current_request_id

# A number with or without +86, in groups or not; %20 before it belongs to an address, not to the number.
MOBILE = re.compile(r"(?:(?<!\d)|(?<=%\d\d))((?:\+?86[ -]?)?1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")
CODE_AFTER = re.compile(r"((?:验证码|\bcode\b)\D{0,10})(?<!\d)\d{6}(?!\d)", re.IGNORECASE)
CODE_BEFORE = re.compile(r"(?<!\d)\d{6}(?!\d)(\D{0,6}验证码)")
PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
ENDS_OF_LINE = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}  # for some readers; JSON leaves them
_formatter = logging.Formatter()


def mask(text):
    """The text with mobile numbers as 138****8111 and codes as ******."""
    text = MOBILE.sub(r"\1****\2", text)
    return CODE_BEFORE.sub(r"******\1", CODE_AFTER.sub(r"\1******", text))


class MaskPersonalData(logging.Filter):
    """Masks message, traceback and the further facts of a record; it lets every record pass.

    For handlers, not loggers: a logger's filter does not see what comes from the loggers below it.
    """

    def filter(self, record):
        record.msg, record.args = mask(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask(record.exc_text)
        if record.stack_info:
            record.stack_info = mask(record.stack_info)
        for name in record.__dict__.keys() - PLAIN:
            record.__dict__[name] = _masked(record.__dict__[name])
        return True


def _masked(value):
    """The value with every text in it masked; objects (a request) are left as they are."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, dict):
        return {_masked(key): _masked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(_masked(item) for item in value)
    if isinstance(value, int) and mask(str(value)) != str(value):
        return mask(str(value))
    return value


class JsonLines(logging.Formatter):
    """One record as one line of JSON: time in UTC, level, logger, message, request, what else it carries, traceback.

    For handlers that mask (`MaskPersonalData`). Of a request it names method, path and number, never the query.
    """

    def format(self, record):
        request = getattr(record, "request", None)
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(request, "request_id", "") or current_request_id(),
        }
        if hasattr(request, "path"):
            line |= {"method": request.method, "path": mask(request.path)}
        line |= {
            name: value
            for name, value in record.__dict__.items()
            if name not in PLAIN and isinstance(value, (str, int, float, bool))
        }
        if record.exc_info and not record.exc_text:
            record.exc_text = mask(self.formatException(record.exc_info))
        if record.exc_text:
            line["exception"] = record.exc_text
        return json.dumps(line, ensure_ascii=False).translate(ENDS_OF_LINE)
