"""How the headless face says no: allauth's form of errors, with a sentence for the person, and only JSON."""

import json
import math
from functools import wraps
from http import HTTPMethod, HTTPStatus

from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import RequestDataTooBig
from django.http import JsonResponse, UnreadablePostError
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from portal.api.ids import LARGEST_ID

BODY_MAX_BYTES = 64 * 1024
METHODS = [HTTPMethod.GET, HTTPMethod.POST, HTTPMethod.PUT, HTTPMethod.PATCH, HTTPMethod.DELETE]
WAIT_SECONDS = 60  # the span of allauth's own limits, which do not say how long is left
SWITCHED_OFF_SECONDS = 3_600

FAULTS = {
    400: ("bad_request", _("The request cannot be read.")),
    401: ("not_logged_in", _("Log in first.")),
    403: ("forbidden", _("You may not do this.")),
    404: ("not_found", _("There is nothing at this address.")),
    405: ("method_not_allowed", _("This address does not know that method.")),
    409: ("conflict", _("This is not the next step. Start again.")),
    410: ("session_ended", _("The session has ended. Sign in again.")),
    413: ("too_large", _("The request is too large.")),
    415: ("unsupported_media_type", _("The body is not of the media type that this operation reads.")),
    429: ("too_many_requests", _("Too many requests. Wait a moment and try again.")),
    500: ("server_error", _("Something went wrong on our side. Try again later.")),
}


def fault(status, *, code=None, message=None):
    """The answer for `status`, in words."""
    usual_code, usual_message = FAULTS[status]
    error = {"code": code or usual_code, "message": str(message or usual_message)}
    response = JsonResponse({"status": status, "errors": [error]}, status=status)
    add_never_cache_headers(response)
    return response


def too_many(response, seconds):
    """`response` as 429 that says when to come back; `seconds` is None while codes are switched off."""
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response["Retry-After"] = str(SWITCHED_OFF_SECONDS if seconds is None else seconds)
    return response


def in_words(response):
    """Django's, a middleware's and allauth's bare refusals become JSON with a sentence; the rest stays as it is."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        return response
    status = response.status_code
    body = json.loads(response.content) if response["Content-Type"] == "application/json" else {}
    if not body.keys() - {"status"}:
        usual = 400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500
        told = fault(status if status in FAULTS else usual)
        response.content, response["Content-Type"] = told.content, told["Content-Type"]
        response["Content-Length"] = str(len(response.content))  # CommonMiddleware has counted the old one
    if status == HTTPStatus.TOO_MANY_REQUESTS and "Retry-After" not in response:
        response["Retry-After"] = str(WAIT_SECONDS)
    return response


@csrf_exempt
def nothing_here(request):
    """Every other address below, and those of allauth's endpoints that this product does without."""
    return fault(404)


def door(view):
    """`view` behind checks of method and body, so that no form ever meets what no form can send."""
    known = [method for method in METHODS if hasattr(view.view_class, method.lower())]

    @wraps(view)
    def checked(request, *args, **kwargs):
        if request.method not in known:
            response = fault(405)
            response["Allow"] = ", ".join(known)
            return response
        status = None if request.method == HTTPMethod.GET else _fault_of_body(request)
        if status:
            return fault(status)
        try:
            return view(request, *args, **kwargs)
        except UpdateError:  # somebody ended the session while we answered
            return fault(410)

    return checked


def _fault_of_body(request):
    """The status that a body deserves which is no object of JSON with plain values; None for a good one."""
    try:
        body = request.body if request.content_type == "application/json" else b""
    except RequestDataTooBig:
        return 413
    except UnreadablePostError:
        return 400
    if request.content_type not in {"", "application/json"}:
        return 415 if request.META.get("CONTENT_LENGTH") not in {None, "", "0", 0} else None
    if len(body) > BODY_MAX_BYTES:
        return 413
    try:
        return None if not body or _is_plain(body.decode()) else 400
    except (ValueError, RecursionError):  # broken UTF-8 and JSON, numbers without end, brackets without end
        return 400


def _is_plain(text):
    body = json.loads(text)
    return isinstance(body, dict) and all(map(_can_be_stored, _leaves(body)))


def _leaves(value):
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _can_be_stored(value):
    """No NUL and no half characters, on which databases fail, and no number that they cannot hold."""
    if isinstance(value, str):
        return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)
    return value is None or (math.isfinite(value) and abs(value) <= LARGEST_ID)
