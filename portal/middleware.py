"""Guards of the members' face: login by default, nothing of it in any cache, and no HTML where programs ask."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect

from portal.api.auth_answers import in_words
from portal.api.problems import MEDIA_TYPE, problem_for_status

GUARDED = "/portal/"
MEMBER_API = "/api/member/"
AUTH_API = "/api/auth/"


class MemberLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Everything under /portal/ needs a login unless its view says otherwise; the member API answers 401 by itself."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not request.path.startswith(GUARDED):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        """To the login page; htmx is told to go there with the whole page, not to put it into a part of this one."""
        response = super().handle_no_permission(request, view_func)
        return HttpResponseClientRedirect(response.url) if request.htmx else response


class NoStoreMiddleware:
    """What a logged-in person sees is stored by no browser and no proxy."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith(GUARDED) or request.user.is_authenticated:
            add_never_cache_headers(response)
        return response


class MemberApiMiddleware:
    """Errors that others answer for the member API (Django, a middleware) become problems too; nothing is stored."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not request.path.startswith(MEMBER_API):
            return response
        if response.status_code >= 400 and response["Content-Type"] != MEDIA_TYPE:
            with translation.override(translation.get_language_from_request(request)):
                told = problem_for_status(response.status_code)
            response.content, response["Content-Type"] = told.content, MEDIA_TYPE
            response["Content-Length"] = str(len(response.content))  # CommonMiddleware has counted the old one
        add_never_cache_headers(response)
        return response


class AuthApiMiddleware:
    """The same for the headless face, in the form of errors that allauth has."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith(AUTH_API):
            with translation.override(translation.get_language_from_request(request)):
                in_words(response)
            add_never_cache_headers(response)
        return response
