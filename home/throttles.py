"""How often one address may ask what costs more than a page."""

from django.core.cache import caches
from rest_framework.throttling import AnonRateThrottle


class OpenThrottle(AnonRateThrottle):
    """Counts in each process alone: that keeps one reader from taking it all and costs no query."""

    rate = "120/min"  # a reader of everything needs fewer, fifty pages come at once

    @property
    def cache(self):
        return caches["process"]

    def get_cache_key(self, request, view):
        """By address alone: who asks makes no difference, so no session is read."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class SearchThrottle(OpenThrottle):
    scope = "search"
    rate = "60/min"
