"""Answers of the open site that are no Wagtail pages: search, resolutions, 证书查验, terms, robots.txt."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.models import Site

from home import searching
from home.forms import CertificateCodeForm
from home.kept_pages import open_to_all
from home.throttles import SearchThrottle
from membership.dues import resolutions
from membership.dues.models import DuesStandard
from membership.units import certificates

ROBOTS = """User-agent: *
Disallow: /accounts/
Disallow: /api/
Disallow: /cms/
Disallow: /portal/

Sitemap: {sitemap}
"""


@require_safe
def resolution(request, pk):
    """The resolution of a dues standard, for everybody; one that was withdrawn is not found."""
    return resolutions.download(get_object_or_404(DuesStandard.objects.in_force(), pk=pk))


@open_to_all
@require_safe
def terms(request):
    """用户协议, in the version that a consent names."""
    return render(request, "home/terms.html", {"version": settings.TERMS_VERSION})


@open_to_all
@require_safe
def privacy(request):
    """隐私政策, in the version that a consent names."""
    return render(request, "home/privacy.html", {"version": settings.PRIVACY_VERSION})


@open_to_all
@require_safe
def accessibility(request):
    """无障碍声明: what was done so that everybody can use the site, and whom to tell what hinders."""
    return render(request, "home/accessibility.html")


@require_safe
@never_cache
def verify_form(request):
    """证书查验: type in the code of a member certificate."""
    form = CertificateCodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("home:verify", code=form.cleaned_data["code"])
    return _unindexed(render(request, "home/verify/form.html", {"form": form}, status=422 if form.errors else 200))


@require_safe
@never_cache
def verify(request, code):
    """Where the QR code of a certificate leads: the name of the unit and its standing now, and nothing else."""
    unit = certificates.holder(certificates.tidy_code(code))
    if unit is None:
        context = {"form": CertificateCodeForm(initial={"code": code})}
        return _unindexed(render(request, "home/verify/unknown.html", context, status=404))
    context = {"name": unit.name, "standing": certificates.standing(unit), "checked_at": timezone.localtime()}
    return _unindexed(render(request, "home/verify/standing.html", context))


@require_safe
@never_cache
def search(request):
    """站内搜索: what the open pages say about some words."""
    throttle = SearchThrottle()
    if not throttle.allow_request(request, view=None):
        answer = render(request, "429.html", status=429)
        answer["Retry-After"] = str(int(throttle.wait() or 0) + 1)
        return _unindexed(answer)
    text, site = searching.typed(request.GET), Site.find_for_request(request)
    too_long = len(text) > searching.TYPED_CHARACTERS
    context = {"text": text[: searching.TYPED_CHARACTERS], "too_long": too_long, "most": searching.TYPED_CHARACTERS}
    context["found"] = searching.read_search(site, text, request.GET) if text and site and not too_long else None
    return _unindexed(render(request, "home/search.html", context, status=422 if too_long else 200))


def _unindexed(response):
    """Search engines shall not list who has what standing."""
    response["X-Robots-Tag"] = "noindex"
    return response


@open_to_all
@require_safe
def robots(request):
    """What search engines shall leave alone, and where the map of the open pages is."""
    return HttpResponse(
        ROBOTS.format(sitemap=request.build_absolute_uri("/sitemap.xml")), content_type="text/plain; charset=utf-8"
    )
