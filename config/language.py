"""Choosing the language: plain links, because cached open pages carry no CSRF token and a preference needs none."""

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.cache import never_cache


@never_cache
def choose_language(request, code):
    """Remember the language in a cookie and go back to where the person was (`next`, only within this site)."""
    if code not in dict(settings.LANGUAGES) or not check_for_language(code):
        raise Http404
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 86_400,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    return response
