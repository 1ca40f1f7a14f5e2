"""Jobs of the rooms below this one."""

from membership.audit import sealing
from membership.jobs.actions import register


@register("audit.seal", recurring=True)
def seal_audit():
    sealing.seal()
