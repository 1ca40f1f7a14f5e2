"""The limits that pages are measured against: a constant, and the least that a page of a logged-in person does."""

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.urls import path
from django.utils.decorators import decorator_from_middleware

from membership.units.models import Seat

PAGE = b"<p>" + 20_000 * b"x"


def constant(request):
    """A1: 20 KB that are ready."""
    return HttpResponse(PAGE)


@decorator_from_middleware(SessionMiddleware)
@decorator_from_middleware(AuthenticationMiddleware)
def person(request):
    """A2: the same 20 KB after session, user and one query by an index."""
    Seat.objects.values_list("unit_id").get(user=request.user)
    return HttpResponse(PAGE)


urlpatterns = [path("a1/", constant), path("a2/", person)]
