"""Names of cookies in production: `__Host-` has the browser refuse them over plain HTTP and from any other host."""

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    cookie_name = "__Host-messages"


class Messages(FallbackStorage):
    """What a page says once, after a redirect (MESSAGE_STORAGE)."""

    storage_classes = (HostCookieStorage, SessionStorage)
