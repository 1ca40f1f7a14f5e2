"""Guards of the staff area: words instead of an error page, and no query that no database can answer."""

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, FieldError
from django.core.paginator import InvalidPage
from django.db import DataError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.http import url_has_allowed_host_and_scheme
from modelsearch.backends.base import FieldError as UnindexedField

from membership.exceptions import Refusal

DIGITS = 18  # of a number that every database can hold
UNANSWERABLE = (MultiValueDictKeyError, InvalidPage, IncorrectLookupParameters, FieldError, UnindexedField)
TOO_LARGE = (OverflowError, DataError)  # what SQLite, and PostgreSQL, say to a number beyond their largest
# How Django, and Python itself, put that a text for a key or number is none, or that a page begins before the first.
NO_NUMBER = ("expected a number but got", "invalid literal for int()", "Negative indexing is not supported")


class RefusalMiddleware:
    """A verb refused in the staff area: its sentence is shown on the page that the person came from."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        home = reverse("wagtailadmin_home")
        if not isinstance(exception, Refusal) or not request.path.startswith(home):
            return None
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return JsonResponse({"success": False, "error_message": str(exception)}, status=409)
        messages.error(request, str(exception))
        back = request.headers.get("referer", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
            back = home
        return redirect(back)


class RefuseImpossibleMiddleware:
    """What no database can answer is refused in the staff area: 400 to a query with the character NUL, on which
    PostgreSQL fails, or with a number that is none, and to a form of Wagtail that came without its fields; 404 to a row
    of a register whose number is none.

    The other faces read their queries themselves and pass over what names nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return
        if any("\0" in value for _name, values in request.GET.lists() for value in values):
            raise BadRequest("NUL in the address")
        if not str(kwargs.get("instance_pk", "0")).isdecimal():
            raise Http404
        if any(isinstance(value, int) and len(str(value)) > DIGITS for value in kwargs.values()):
            raise Http404

    def process_exception(self, request, exception):
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return
        if isinstance(exception, (*UNANSWERABLE, *TOO_LARGE)) or (
            isinstance(exception, ValueError) and any(words in str(exception) for words in NO_NUMBER)
        ):
            raise BadRequest("a field, page or number that is none") from exception
