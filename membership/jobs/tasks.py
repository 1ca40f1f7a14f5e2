"""Jobs of the rooms below this one."""

from django.utils.translation import gettext_lazy as _

from membership.audit import sealing
from membership.jobs.actions import register


@register("audit.seal", _("Seal the audit trail"), recurring=True)
def seal_audit():
    sealing.seal()
