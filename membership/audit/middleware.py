"""Remembers where a request comes from for the audit records, and what it is called for the log."""

import re
import uuid

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied

from membership.audit.origin import acting_from, called

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[\w-]{8,64}", re.ASCII)


class RequestIdMiddleware:
    """Each request has a number, in its lines of the log and in the answer: that of our proxy, or one of our own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get(HEADER, "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
        request.request_id = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        with called(request.request_id):
            response = self.get_response(request)
        response[HEADER] = request.request_id
        return response


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
