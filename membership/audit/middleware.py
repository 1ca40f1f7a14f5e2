"""Remembers the address of the request for the audit records written while it is answered."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied

from membership.audit.origin import acting_from


class RequestOriginMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with acting_from(address_of(request)):
            return self.get_response(request)


def address_of(request):
    """The client's address, by a proxy's word only where TRUSTED_PROXY_COUNT says so; empty when nobody can tell."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:  # a socket without an address: no reason to answer nobody
        return ""
