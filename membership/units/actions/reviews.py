"""Verbs of the reviewers: open, judge, note, hand on, decide."""

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.moves import move_rows
from membership.units import permissions
from membership.units.actions.moving import locked, move, tell_owner, unless_taken
from membership.units.actions.standing import end_membership, start_term
from membership.units.models import Body, Membership, MembershipSettings, Review, ReviewNote, Unit
from membership.units.models.reviews import CLAIM_LIFETIME
from membership.units.profile import reviewed_part, write_profile
from membership.units.states import REVIEW_MOVES, ReviewState, ReviewSubject


def claim(review, *, by):
    """Open the review for half an hour, so that two do not work on one; again and again prolongs it.

    Raises Refusal `claimed` with the name of who has it open, or `already_decided`.
    """
    permissions.require(permissions.may_review(by, review.membership))
    now = timezone.now()
    with transaction.atomic():
        held = _not_held_by_others(Review.objects.filter(pk=review.pk).open(), by, now)
        values = {"claimed_until": now + CLAIM_LIFETIME, "opened_at": Coalesce("opened_at", now)}
        if held.filter(claimed_by=by, claimed_until__gt=now).update(**values):
            return _fresh(review)
        if not held.update(claimed_by=by, **values):
            raise _why_not(review, by, now)
        record("units.claim_review", review, by=by, unit_id=review.membership.unit_id, in_history=False)
    return _fresh(review)


def release(review, *, by):
    """Give the claim up, so that a colleague may go on."""
    with transaction.atomic():
        if Review.objects.filter(pk=review.pk, claimed_by=by).update(claimed_by=None, claimed_until=None):
            record("units.release_review", review, by=by, unit_id=review.membership.unit_id, in_history=False)


def assign(review, *, by, to):
    """Hand the review to a colleague who may decide on it; a claim of the giver ends. Refusal when `to` may not."""
    permissions.require(permissions.may_review(by, review.membership))
    if not permissions.may_review(to, review.membership):
        raise Refusal(_("%(who)s may not decide on this.") % {"who": to}, code="no_reviewer")
    with transaction.atomic():
        if not Review.objects.filter(pk=review.pk).open().update(assigned_to=to):
            raise _why_not(review, by, timezone.now())
        Review.objects.filter(pk=review.pk, claimed_by=by).exclude(claimed_by=to).update(
            claimed_by=None, claimed_until=None
        )
        record(
            "units.assign_review",
            review,
            by=by,
            unit_id=review.membership.unit_id,
            after={"to": to.pk},
            in_history=False,
        )
    return _fresh(review)


def judge(review, *, by, verdicts):
    """Keep the verdicts {item key: {"ok", "reason", "words"}} found so far; the decision sends them to the unit."""
    permissions.require(permissions.may_review(by, review.membership))
    now = timezone.now()
    with transaction.atomic():
        held = _not_held_by_others(Review.objects.filter(pk=review.pk).open(), by, now)
        if not held.update(verdicts=verdicts):
            raise _why_not(review, by, now)
        marked = sorted(key for key, verdict in verdicts.items() if not verdict["ok"])
        record(
            "units.judge", review, by=by, unit_id=review.membership.unit_id, after={"marked": marked}, in_history=False
        )
    return _fresh(review)


def add_note(review, *, by, text):
    """A word among the staff; the unit never sees it."""
    permissions.require(permissions.may_review(by, review.membership))
    with transaction.atomic():
        note = ReviewNote.objects.create(review=review, text=text, written_by=by)
        record("units.add_note", review, by=by, unit_id=review.membership.unit_id, in_history=False)
    return note


def approve(review, *, by, level=None, member_no="", since=None, waiver_reason="", verdicts=None):
    """Say yes: certify the unit in this body at `level`, put the change on file, or let the member go.

    `level`, `member_no` (blank takes the next one for the association) and `since` (a date up to today; without one the
    day on which the unit says it joined, else today) are for applications. A branch can approve only a unit that the
    association has certified. An old membership that spares papers must have been checked: `waiver_reason` says how.
    """
    permissions.require(permissions.may_review(by, review.membership))
    waiver_reason = waiver_reason.strip()
    approved = {
        ReviewSubject.APPLICATION: _approve_application,
        ReviewSubject.CHANGE: _approve_change,
        ReviewSubject.LEAVE: _approve_leaving,
    }[ReviewSubject(review.subject)]
    with transaction.atomic():
        _require_open(review, by)
        if review.waives_papers and not waiver_reason:
            raise Refusal(
                _("The unit claims an old membership instead of papers. Tick that you have checked it, and say how."),
                code="waiver_unchecked",
            )
        if verdicts is not None:
            Review.objects.filter(pk=review.pk).open().update(verdicts=verdicts)
        return approved(review, by, level=level, member_no=member_no, since=since, waiver_reason=waiver_reason)


def send_back(review, *, by, remark, verdicts=None):
    """Return it with words that say what to mend; the unit sees the marked items. Refusal without words."""
    return _refuse(review, "send_back", "membership_sent_back", by, remark, verdicts)


def reject(review, *, by, remark, verdicts=None):
    """Refuse it for good, with the reason."""
    return _refuse(review, "reject", "membership_rejected", by, remark, verdicts)


def _approve_application(review, by, *, level, member_no, since, waiver_reason):
    with move(review.membership, "approve", by=by) as fresh:
        if level is None or level.body_kind != fresh.body.kind:
            raise Refusal(_("This level does not belong to this kind of body."), code="wrong_level")
        if not fresh.is_certification and not Unit.objects.certified().filter(pk=fresh.unit_id).exists():
            raise Refusal(_("The association must certify the unit before a branch can."), code="not_certified")
        fresh.level = level
        fresh.since = _day_of_joining(fresh, since)
        fresh.member_no = member_no or fresh.member_no or _number_for(fresh)
        _close(review, "approve", by, remark="", waiver_reason=waiver_reason)
        _decide(fresh, by, remark="")
    start_term(fresh, level, since=fresh.since, by=by)
    if fresh.is_certification:
        jobs.enqueue("tracking.deliver_open_notices", unit_id=fresh.unit_id)
    tell_owner(fresh.unit, "membership_approved", by=by, level=fresh.standing_line)
    return fresh


def _approve_change(review, by, *, waiver_reason, **_unused):
    membership = locked(review.membership)
    unit = Unit.objects.select_for_update().get(pk=membership.unit_id)
    _close(review, "approve", by, remark="", waiver_reason=waiver_reason)
    with unless_taken(_("Another unit with this credit code is registered."), code="uscc_taken"):
        write_profile(unit, reviewed_part(review.snapshot, unit))
    record("units.approve_change", membership, by=by, unit_id=unit.pk, after={"review": review.pk})
    tell_owner(unit, "change_approved", by=by)
    return membership


def _approve_leaving(review, by, **_unused):
    _close(review, "approve", by, remark="")
    membership = end_membership(review.membership, by=by, remark=review.reason)
    tell_owner(membership.unit, "membership_ended", by=by, body=membership.body.short_name)
    return membership


def _refuse(review, verb, text, by, remark, verdicts):
    permissions.require(permissions.may_review(by, review.membership))
    remark = remark.strip()
    if not remark:
        raise Refusal(_("Say what is to be mended or why: the unit reads these words."), code="no_words")
    changes = {} if verdicts is None else {"verdicts": verdicts}
    with transaction.atomic():
        _require_open(review, by)
        if review.subject == ReviewSubject.APPLICATION:
            with move(review.membership, verb, by=by) as membership:
                _close(review, verb, by, remark=remark, **changes)
                _decide(membership, by, remark=remark)
        else:
            membership = locked(review.membership)
            _close(review, verb, by, remark=remark, **changes)
            record(f"units.{verb}_{review.subject}", membership, by=by, unit_id=membership.unit_id)
        tell_owner(membership.unit, text, by=by, reason=remark)
    return membership


def _require_open(review, by):
    """Of two who decide, the second reads who was faster, not in what state the membership is now.

    The lock comes first: whoever waited for it sees the decision of the other.
    """
    locked(review.membership)
    if not Review.objects.filter(pk=review.pk).open().exists():
        raise _why_not(review, by, timezone.now())


def _close(review, verb, by, **changes):
    """Decide on this round and no other: refused when it was decided on, replaced, or is in another's hands."""
    now = timezone.now()
    held = _not_held_by_others(Review.objects.filter(pk=review.pk), by, now)
    decided = {"decided_by": by, "decided_at": now, "opened_at": Coalesce("opened_at", now)}
    if not move_rows(held, REVIEW_MOVES, verb, claimed_by=None, claimed_until=None, **decided, **changes):
        raise _why_not(review, by, now)


def _not_held_by_others(reviews, by, now):
    return reviews.filter(Q(claimed_by=None) | Q(claimed_by=by) | Q(claimed_until__lte=now))


def _fresh(review):
    return Review.objects.select_related("membership__unit", "membership__body", "claimed_by").get(pk=review.pk)


def _why_not(review, by, now):
    """The Refusal that says who was faster, or who is at work on it."""
    known = Review.objects.select_related("claimed_by", "decided_by").get(pk=review.pk)
    if known.state == ReviewState.OPEN:
        return Refusal(_("%(who)s is reviewing this.") % {"who": known.claimed_by}, code="claimed")
    if known.decided_by is None:
        return Refusal(
            _("The unit has changed or withdrawn this meanwhile. Open the newest round."), code="already_decided"
        )
    words = {
        "who": known.decided_by,
        "when": date_format(timezone.localtime(known.decided_at), "m-d H:i"),
        "state": known.get_state_display(),
    }
    return Refusal(_("Decided by %(who)s at %(when)s: %(state)s.") % words, code="already_decided")


def _day_of_joining(membership, since):
    today = timezone.localdate()
    claimed = membership.unit.joined_on if membership.is_certification and membership.unit.was_member_before else None
    day = since or claimed or today
    if day > today:
        raise Refusal(_("The day lies in the future."), code="in_the_future")
    return day


def _number_for(membership):
    """Members of the association are numbered one after the other: two approvals at once take turns at the body."""
    if not membership.is_certification:
        return ""
    return next_member_no(Body.objects.select_for_update(no_key=True).get(pk=membership.body_id))


def next_member_no(body):
    """The next free member number: the prefix of the rules and five digits."""
    prefix = MembershipSettings.current().member_no_prefix
    taken = Membership.objects.filter(body=body, member_no__startswith=prefix).values_list("member_no", flat=True)
    numbers = [int(rest) for no in taken if (rest := no.removeprefix(prefix)).isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1:05d}"


def _decide(membership, by, *, remark):
    membership.decided_at = timezone.now()
    membership.decided_by = by
    membership.remark = remark
