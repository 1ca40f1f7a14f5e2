"""What the association decides and every page asks for: read once, kept by the process for half a minute."""

from django.core.cache import caches
from wagtail.contrib.settings.models import BaseGenericSetting


class OfficeSetting(BaseGenericSetting):
    """A generic setting whose `current()` costs a query at most every half minute in each process."""

    class Meta:
        abstract = True

    @classmethod
    def current(cls):
        """The settings as this process last read them; saving makes it read anew, others follow in half a minute."""
        return caches["process"].get_or_set(cls._meta.label_lower, cls.load)

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        caches["process"].delete(self._meta.label_lower)
