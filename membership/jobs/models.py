"""A job: one piece of background work that a person can watch."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.jobs.states import MOVES, JobState
from membership.moves import move_rows
from membership.private_files import private


def lease_from(now):
    """Until when a worker that was heard of at `now` is believed to be alive."""
    return now + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def result_key(job, filename):
    """A random key without names."""
    return f"results/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class JobQuerySet(models.QuerySet):
    def claimable(self, now):
        """Waiting and due."""
        return self.filter(state=JobState.QUEUED, run_after__lte=now)

    def running(self):
        return self.filter(state=JobState.RUNNING)

    def abandoned(self, now):
        """Running, but the worker has not been heard of for a whole lease: it died."""
        return self.running().filter(lease_until__lt=now)

    def stranded(self, before):
        """Due since that moment and taken by nobody: the worker's own note of them is lost."""
        return self.filter(state=JobState.QUEUED, run_after__lt=before)

    def pending(self):
        """Waiting or running."""
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])

    def failed(self):
        """Given up; somebody has to look."""
        return self.filter(state=JobState.FAILED)

    def worn_out(self, before):
        """Done by the machine for itself before that moment, and well: nobody will ask for them again."""
        return self.filter(state=JobState.SUCCEEDED, created_by=None, finished_at__lt=before)

    def with_results_from_before(self, moment):
        """Over since before that moment, and a file is still kept for whoever had asked for it."""
        return self.filter(finished_at__lt=moment).exclude(result="")

    def attempt(self, job):
        """This job, while the attempt that `job` was loaded in is the one under way."""
        return self.filter(pk=job.pk, attempts=job.attempts)

    def latest_by_name(self):
        """{name: (when one was last asked for, when one last went well)}."""
        well = Max("finished_at", filter=Q(state=JobState.SUCCEEDED))
        rows = self.order_by().values("name").annotate(asked=Max("created_at"), well=well)
        return {row["name"]: (row["asked"], row["well"]) for row in rows}

    def for_user(self, user):
        """Jobs that this person started."""
        return self.filter(created_by=user)

    def made_for(self, user, name, **arguments):
        """This person's jobs of that name and with these arguments, the newest first, as a page lists them."""
        wanted = {f"arguments__{key}": value for key, value in arguments.items()}
        return self.for_user(user).filter(name=name, **wanted).order_by("-created_at", "-pk")

    def claim(self, pk, now):
        """Take the job for one attempt; true for the one worker that was first."""
        due = self.claimable(now).filter(pk=pk)
        return bool(
            move_rows(due, MOVES, "claim", attempts=F("attempts") + 1, lease_until=lease_from(now), started_at=now)
        )


class Job(models.Model):
    """What a worker is to do. `title`, `message`, `done` of `total` and the result are for the person who started it.

    `message` is a sentence for that person; `error` is for administrators and quotes nobody's data.
    """

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    name = models.CharField(_("name"), max_length=100)
    arguments = models.JSONField(_("arguments"), default=dict)
    state = models.CharField(
        _("state"), max_length=16, choices=JobState.choices, default=JobState.QUEUED, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    error = models.TextField(_("error"), blank=True)
    title = models.CharField(_("title"), max_length=150, blank=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    result = models.FileField(_("result file"), storage=private, upload_to=result_key, blank=True)
    result_name = models.CharField(_("name of the result"), max_length=150, blank=True)
    result_url = models.CharField(_("page with the result"), max_length=200, blank=True)
    # Asked for by the scheduler: of one name no two wait or run at a time. The release before writes rows without it.
    recurring = models.BooleanField(_("recurring"), default=False, db_default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("started by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    run_after = models.DateTimeField(_("not before"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        default_permissions = ("view",)
        permissions = [("retry_job", "Can have failed jobs tried again")]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(recurring=True, state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="job_recurring_once",
            ),
            models.CheckConstraint(
                name="job_finished_has_time",
                condition=Q(state__in=[JobState.SUCCEEDED, JobState.FAILED], finished_at__isnull=False)
                | Q(state__in=[JobState.QUEUED, JobState.RUNNING], finished_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "run_after"], name="job_by_state"),
            models.Index(fields=["created_by", "created_at"], name="job_by_person"),
            models.Index(fields=["name", "created_at"], name="job_by_name"),
        ]

    def __str__(self):
        return f"{self.name} #{self.pk}"


class SchedulerRound(models.Model):
    """The one row that says when the scheduler was last heard of: by it an operator sees that it has stopped."""

    wagtail_reference_index_ignore = True

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("round of the scheduler")
        verbose_name_plural = _("rounds of the scheduler")
        default_permissions = ()
        constraints = [models.CheckConstraint(name="scheduler_round_is_one", condition=Q(id=1))]

    def __str__(self):
        return f"{self.began_at:%Y-%m-%d %H:%M:%S}"
