"""Remembers the address of the request for the audit records written while it is answered."""

from allauth.account.adapter import get_adapter

from membership.audit.origin import acting_from


class RequestOriginMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with acting_from(get_adapter().get_client_ip(request) or ""):
            return self.get_response(request)
