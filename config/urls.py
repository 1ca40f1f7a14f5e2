"""Every address of the project."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.contrib.sitemaps.views import sitemap

from config.language import choose_language
from home.api import content_api
from membership.accounts.staff.account import StaffAccountView
from membership.accounts.staff.door import staff_door
from portal.api import member_api

to_login = RedirectView.as_view(url=reverse_lazy("account_login"), query_string=True)

urlpatterns = [
    # One door: Wagtail's own login pages lead to it.
    path("cms/login/", staff_door),
    path("_util/login/", to_login),
    path("cms/account/", require_admin_access(StaffAccountView.as_view())),
    path("cms/", include(wagtailadmin_urls)),
    path("accounts/", include("portal.entrance_urls")),
    path("accounts/", include("allauth.account.urls")),
    path("captcha/", include("captcha.urls")),
    path("portal/", include("portal.urls")),
    path("api/auth/", include("portal.api.auth")),
    path("api/member/v1/", member_api.urls),
    path("api/content/v2/", content_api.urls),
    path("language/<str:code>/", choose_language, name="choose_language"),
    path("sitemap.xml", sitemap),
    path("", include("home.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    path("", include(wagtail_urls)),
]
