"""Where the present request comes from and what it is called in logs, so that nobody need be handed it."""

from contextlib import contextmanager
from contextvars import ContextVar

_address = ContextVar("address", default="")
_request_id = ContextVar("request_id", default="")


def current_address():
    """The network address of the person who acts, or an empty string in a worker or command."""
    return _address.get()


@contextmanager
def acting_from(address):
    """Every record written inside names `address`."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def current_request_id():
    """What the present request is called in every line of the log, or an empty string in a worker or command."""
    return _request_id.get()


@contextmanager
def called(request_id):
    """Every line logged inside carries `request_id`."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)
