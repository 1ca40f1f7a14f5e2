"""Every address of the project."""

from django.conf import settings
from django.http import Http404
from django.urls import include, path, re_path, reverse_lazy
from django.views.defaults import page_not_found
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.contrib.sitemaps.views import sitemap

from config.language import choose_language
from home.api import content_api, no_such_endpoint
from home.kept_pages import open_to_all
from home.sitemaps import SITEMAPS
from membership.accounts.staff.account import StaffAccountView
from membership.accounts.staff.door import staff_door
from portal.api import member_api
from portal.api.problems import nothing_here
from portal.views import dev

to_login = RedirectView.as_view(url=reverse_lazy("account_login"), query_string=True)

# In production the web server or the bucket hands out public pictures; on a demo machine nobody else does.
pictures = [path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT})] if settings.IS_DEMO else []

handler500 = "config.outages.server_error"

urlpatterns = [
    # One door: Wagtail's own login pages lead to it.
    path("cms/login/", staff_door),
    path("_util/login/", to_login),
    # An account is its mobile number: allauth's pages for e-mail addresses and the reset by e-mail stay shut.
    re_path(r"^accounts/(email|confirm-email|password/reset)/", RedirectView.as_view(url="/portal/account/")),
    path("cms/failwhale/", page_not_found, {"exception": Http404()}),  # Wagtail's, which fails on purpose
    path("cms/account/", require_admin_access(StaffAccountView.as_view())),
    path("cms/", include(wagtailadmin_urls)),
    path("accounts/", include("portal.entrance_urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("captcha/", include("captcha.urls")),
    path("portal/", include("portal.urls")),
    path("api/auth/", include("portal.api.auth")),
    path("api/member/v1/", member_api.urls),
    re_path(r"^api/member/", nothing_here),
    path("api/content/v2/", content_api.urls),
    re_path(r"^api/content/(?:.*/)?$", no_such_endpoint),
    path("dev/inbox/", dev.inbox, name="dev_inbox"),
    path("language/<str:code>/", choose_language, name="choose_language"),
    path("sitemap.xml", open_to_all(sitemap), {"sitemaps": SITEMAPS}),
    path("", include("home.urls")),
    *pictures,
    path("", include(wagtail_urls)),
]
