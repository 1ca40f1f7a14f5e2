"""Where the present request comes from, so that verbs need not be handed it."""

from contextlib import contextmanager
from contextvars import ContextVar

_address = ContextVar("address", default="")


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
