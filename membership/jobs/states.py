"""States of a job and its moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobState(TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("done")
    FAILED = "failed", _("failed")


S = JobState
MOVES = {
    "claim": ({S.QUEUED}, S.RUNNING),
    "finish": ({S.RUNNING}, S.SUCCEEDED),
    "retry": ({S.RUNNING}, S.QUEUED),
    "fail": ({S.RUNNING}, S.FAILED),
    "try_again": ({S.FAILED}, S.QUEUED),  # by hand
}
