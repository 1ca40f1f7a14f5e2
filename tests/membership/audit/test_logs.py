"""No mobile number and no code stands in a log, however the record was made."""

import io
import logging

import pytest
from django.conf import settings

from membership.audit.logs import MaskPersonalData, mask

PHONE = "13811138111"
CODE = "824617"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13811138111", "138****8111"),
        ("to +8613811138111: busy", "to +86138****8111: busy"),
        ("8613811138111,13900000001", "86138****8111,139****0001"),
        ("138 1113 8111 / 138-1113-8111", "138****8111 / 138****8111"),
        ("+86 138 1113 8111", "+86 138****8111"),
        ("/x?phone=13811138111&y=%2013811138111", "/x?phone=138****8111&y=%20138****8111"),
        ("%2B8613811138111", "%2B86138****8111"),
        ("电话13811138111。", "电话138****8111。"),
        ("验证码824617，10分钟内有效", "验证码******，10分钟内有效"),
        ("您的验证码是：824617", "您的验证码是：******"),
        ("824617是您的验证码", "******是您的验证码"),
        ("{'code': '824617'}", "{'code': '******'}"),
        ('{"code": "824617"}', '{"code": "******"}'),
        # What is neither stays.
        ("012345678901234567", "012345678901234567"),
        ("12811138111 1381113811 138111381112", "12811138111 1381113811 138111381112"),
        ("验证码10分钟内有效", "验证码10分钟内有效"),
        ("order 824617", "order 824617"),
        ("验证码 20261126", "验证码 20261126"),
    ],
)
def test_numbers_and_codes_are_masked_and_nothing_else(text, masked):
    assert mask(text) == masked
    assert mask(masked) == masked


@pytest.fixture
def log():
    """A logger whose only handler masks and writes everything that a record holds."""
    stream = io.StringIO()

    class Everything(logging.Formatter):
        def format(self, record):
            return super().format(record) + repr(getattr(record, "extra_fact", ""))

    handler = logging.StreamHandler(stream)
    handler.setFormatter(Everything("%(levelname)s %(message)s"))
    handler.addFilter(MaskPersonalData())
    logger = logging.getLogger("tests.masking")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.stream = stream
    yield logger
    logger.removeHandler(handler)


def failing():
    try:
        raise ValueError(f"{PHONE} 验证码{CODE}")
    except ValueError as failure:
        raise RuntimeError("again") from failure


def raised(log, **options):
    try:
        failing()
    except RuntimeError:
        log.exception("it failed", **options)


SHAPES = {
    "message": lambda log: log.info(f"{PHONE} 验证码{CODE}"),
    "arguments": lambda log: log.info("%s 验证码%s", f"+86{PHONE}", CODE),
    "a number": lambda log: log.info("%d 验证码%d", int(PHONE), int(CODE)),
    "a mapping": lambda log: log.info("%(phone)s 验证码%(code)s", {"phone": PHONE, "code": CODE}),
    "an object": lambda log: log.info(ValueError(f"{PHONE} 验证码{CODE}")),
    "a tuple": lambda log: log.info("%r", ((PHONE, f"验证码{CODE}"),)),
    "the traceback": raised,
    "the stack": lambda log: log.info(f"138-1113-8111 验证码{CODE}", stack_info=True),
    "further facts": lambda log: log.info(
        "138****8111 ******", extra={"extra_fact": {"to": [PHONE, int(PHONE)], "text": (f"验证码{CODE}",)}}
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_record_is_masked(log, shape):
    SHAPES[shape](log)
    written = log.stream.getvalue()
    assert (PHONE in written, CODE in written) == (False, False)
    assert ("138****8111" in written, "******" in written) == (True, True)


def test_record_without_secrets_is_written_as_it_is(log):
    log.warning("Task id=%s state=%s", 824617, "FAILED", extra={"extra_fact": [1, None, True]})
    assert log.stream.getvalue() == "WARNING Task id=824617 state=FAILED[1, None, True]\n"


@pytest.mark.parametrize("name", settings.LOGGING["handlers"])
def test_every_handler_of_the_settings_masks(name):
    assert settings.LOGGING["handlers"][name]["filters"] == ["mask"]


@pytest.mark.parametrize(
    "name", ["", "django", "django.request", "django.server", "django.db.backends", "django_tasks", "membership.jobs"]
)
def test_no_handler_outside_the_settings_writes_for_us(name):
    """Each handler that a record of this logger reaches, pytest's own aside, masks."""
    logger, handlers = logging.getLogger(name), []
    while logger:
        handlers += [each for each in logger.handlers if not type(each).__module__.startswith("_pytest")]
        logger = logger.parent if logger.propagate else None
    assert handlers
    assert [handler for handler in handlers if not any(isinstance(f, MaskPersonalData) for f in handler.filters)] == []
