"""Jobs of the members' face."""

from django.utils import timezone

from membership.jobs.actions import register
from portal.models import KeptAnswer


@register("portal.forget_answers", recurring=True)
def forget_answers():
    """Answers that were kept for programs go after a day."""
    KeptAnswer.objects.worn_out(timezone.now()).delete()
