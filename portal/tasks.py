"""Jobs of the members' face."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.jobs.actions import register
from portal.models import KeptAnswer


@register("portal.forget_answers", _("Forget answers kept for repeated requests"), recurring=True)
def forget_answers():
    """Answers that were kept for programs go after a day."""
    KeptAnswer.objects.worn_out(timezone.now()).delete()
