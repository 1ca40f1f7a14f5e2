"""Jobs of the upkeep, once a day each."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.upkeep import files, retention
from membership.jobs.actions import register

DAY = 86_400


@register("config.sweep_files", _("Take away files that nothing refers to"), recurring=True, every=DAY)
def sweep_files():
    """Files that no row names go after a day; when they are too many, the job fails and a person looks."""
    files.sweep_temporary()
    files.sweep()


@register("config.apply_retention", _("Erase what has been kept long enough"), recurring=True, every=DAY)
def apply_retention():
    retention.apply(timezone.now())
