"""What every answer tells the browser to refuse: content security policies of the faces, policy of permissions.

No page of ours has inline code, so the policies need no nonce, and a page that is kept and given to everybody carries
its policy along. docs/security.md says what the office needs and why.
"""

from functools import cached_property
from urllib.parse import urlsplit

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
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
# The captcha is read aloud, a passkey is asked for by our own page: those are allowed, and nothing else is needed.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
        *("idle-detection", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb"),
        "xr-spatial-tracking",
    )
)


class RefusalsOfTheBrowserMiddleware(CSPMiddleware):
    """A stricter policy that a view has set itself (private files: nothing at all, in a sandbox) is left as it is."""

    def get_policy_parts(self, request, response, report_only=False):
        if report_only:
            return PolicyParts()
        policy = OFFICE if request.path_info.startswith(self.office) else OPEN
        return PolicyParts(policy | {"img-src": policy["img-src"] + self.pictures})

    def process_response(self, request, response):
        response = super().process_response(request, response)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    @cached_property
    def office(self):
        return reverse("wagtailadmin_home")

    @cached_property
    def pictures(self):
        """Where public pictures lie if not here: the origin of the public bucket, which is not asked."""
        url = urlsplit(storages["default"].url("x"))
        return [f"{url.scheme}://{url.netloc}"] if url.netloc else []
