"""What the member API says when it does not do what it was asked: problem+json (RFC 9457) with stable codes."""

import json
from http import HTTPStatus

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from ninja import Field, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import ConfigDict

from membership.exceptions import Refusal

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Session realm="member-api"'

# Stable: clients branch on these. Refusals of verbs bring their own codes with status 409.
CODES = {
    "bad_request": (400, _("The request cannot be read.")),
    "not_logged_in": (401, _("Log in first.")),
    "forbidden": (403, _("You may not do this.")),
    "csrf": (403, _("The request carries no valid CSRF token. Reload the page and try again.")),
    "no_unit": (403, _("Your account is not linked to a unit yet")),
    "not_certified": (403, _("Messages and dues can be used once the unit is certified")),
    "not_found": (404, _("This does not exist, or it is not for your unit.")),
    "file_missing": (404, _("The file is not available at the moment")),
    "method_not_allowed": (405, _("This address does not know that method.")),
    "recalled": (410, _("The notice has been recalled; no receipt is needed.")),
    "too_large": (413, _("The request is too large.")),
    "unsupported_media_type": (415, _("The body is not of the media type that this operation reads.")),
    "key_reused": (422, _("This Idempotency-Key was used for another request. Take a new one.")),
    "malformed": (422, _("The request is not built as the documentation describes.")),
    "invalid": (422, _("Some entries need to be corrected.")),
    "too_many_requests": (429, _("Too many requests. Wait a moment and try again.")),
    "server_error": (500, _("Something went wrong on our side. Try again later.")),
    "paper_unavailable": (503, _("The paper cannot be made at the moment. Try again later.")),
}
# Under which code a status goes that Django or a middleware chose.
BY_STATUS = {
    401: "not_logged_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "malformed",
    429: "too_many_requests",
}


class FieldError(Schema):
    field: str = Field(
        description="The entry, as a path into what was sent (`attendees.0.mobile`); empty: all of it.",
        examples=["opinions.1.comment"],
    )
    message: str = Field(description="What to put right.", examples=["选择“不同意”时请填写意见说明"])


class Problem(Schema):
    """Why a request was not fulfilled (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:member-portal:problem:closed",
                    "title": "Conflict",
                    "status": 409,
                    "detail": "回执已于 2026-11-28 18:00 截止，如需补交请联系协会。",
                    "code": "closed",
                    "errors": [],
                }
            ]
        }
    )

    type: str = Field(description="`urn:member-portal:problem:` and the code.")
    title: str = Field(description="The HTTP status in words, for the log.")
    status: int
    detail: str = Field(description="A sentence for the person, in the language of the request.")
    code: str = Field(description="Stable; branch on this.")
    errors: list[FieldError] = Field(description="One for each entry to put right; empty unless the status is 422.")


class ProblemError(Exception):
    """Ends an operation with the problem `code`, a sentence of its own and errors of fields if given.

    `retry_after` is in seconds.
    """

    def __init__(self, code, detail=None, *, errors=(), retry_after=None):
        super().__init__(code)
        self.code, self.detail, self.errors, self.retry_after = code, detail, errors, retry_after


def problem(code, detail=None, *, status=None, errors=()):
    """The response that tells a problem; `errors` are pairs of field and message."""
    usual_status, usual_detail = CODES.get(code, (status, ""))
    status = status or usual_status
    body = Problem(
        type=f"urn:member-portal:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=str(detail or usual_detail),
        code=code,
        errors=[FieldError(field=field, message=str(message)) for field, message in errors],
    )
    response = HttpResponse(json.dumps(body.model_dump()), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = CHALLENGE
    add_never_cache_headers(response)
    return response


def problem_for_status(status):
    """The problem that stands for an error which was answered outside the API's own operations."""
    usual = "bad_request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
    return problem(BY_STATUS.get(status, usual), status=status)


@csrf_exempt
def nothing_here(request):
    """Any other address below the API, so that no page of the site answers for it."""
    return problem("not_found")


def register(api):
    """Let `api` answer every exception that a request can cause with a problem; bugs stay for Django to log."""
    plain = {
        BadRequest: "bad_request",
        SuspiciousOperation: "bad_request",
        MultiPartParserError: "bad_request",
        UnreadablePostError: "bad_request",
        RequestDataTooBig: "too_large",
        RawPostDataException: "unsupported_media_type",
        PermissionDenied: "forbidden",
        Http404: "not_found",
    }
    for kind, code in plain.items():
        api.add_exception_handler(kind, lambda request, error, code=code: problem(code))
    api.add_exception_handler(Refusal, lambda request, error: problem(error.code, error, status=409))
    api.add_exception_handler(ProblemError, _answer)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(ValidationError, _malformed)


def _answer(request, error):
    response = problem(error.code, error.detail, errors=error.errors)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _http_error(request, error):
    """Ninja's own errors; it wraps what the parser raised."""
    cause = error.__cause__
    return _answer(request, cause) if isinstance(cause, ProblemError) else problem_for_status(error.status_code)


def _malformed(request, error):
    """The words are pydantic's: they speak to whoever writes the client, and repeat nothing that was sent."""
    return problem("malformed", errors=[(_path(fault["loc"]), fault["msg"]) for fault in error.errors])


def _path(location):
    """`attendees.0.mobile` from where pydantic found the fault: without the part of the request and its parameter."""
    source, *steps = location
    return ".".join(str(step) for step in (steps[1:] if source == "body" else steps))


def answers(*statuses):
    """For the OpenAPI document: the problems of an operation beside those of every operation."""
    return dict.fromkeys([400, 401, 403, *statuses], Problem)
