"""What every answer tells the browser to refuse: content security policies of the faces, policy of permissions.

No page of ours has inline code, so the policies need no nonce, and a page that is kept and given to everybody carries
its policy along. docs/security.md says what the office needs and why.
"""

from functools import cached_property
from urllib.parse import urlsplit

from csp.constants import HEADER, NONE, SELF, UNSAFE_INLINE
from csp.utils import build_policy
from django.conf import settings
from django.core.files.storage import storages
from django.urls import reverse

OPEN = {
    "default-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],  # Bootstrap draws its marks, and the codes of slips are drawn, as data
    "object-src": [NONE],
    "frame-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
# Wagtail starts its choosers, dates and rows by inline scripts, and shows previews and pictures just chosen.
OFFICE = OPEN | {
    "script-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}
DEBUG_PAGES = {404, 500}  # Django's own, with inline code, where DEBUG is on
# The captcha is read aloud, a passkey is asked for by our own page: those are allowed, and nothing else is needed.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
        *("idle-detection", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb"),
        "xr-spatial-tracking",
    )
)


class RefusalsOfTheBrowserMiddleware:
    """A stricter policy that a view has set itself (private files: nothing at all, in a sandbox) is left as it is.

    Each policy is put together once by django-csp, whose own middleware does so for every answer.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in DEBUG_PAGES):
            is_office = request.path_info.startswith(self.office)
            response.headers.setdefault(HEADER, self.policies[is_office])
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    @cached_property
    def policies(self):
        """{whether it is of the office: policy}; public pictures may come from where they lie if that is not here."""
        return {
            is_office: build_policy(policy | {"img-src": policy["img-src"] + self.pictures})
            for is_office, policy in ((False, OPEN), (True, OFFICE))
        }

    @cached_property
    def office(self):
        return reverse("wagtailadmin_home")

    @cached_property
    def pictures(self):
        """Where public pictures lie if not here: the origin of the public bucket, which is not asked."""
        url = urlsplit(storages["default"].url("x"))
        return [f"{url.scheme}://{url.netloc}"] if url.netloc else []
