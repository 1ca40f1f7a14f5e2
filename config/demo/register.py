"""Fills the demo's register of members through the verbs that screens use."""

from datetime import datetime, time, timedelta
from uuid import uuid4

from django.utils import timezone

from config.demo.accounts import DEMO_AGENT, DEMO_INVITED
from config.demo.certificates import certificates, page
from config.demo.units import REJECT_REASON, RETURN_REASONS
from membership.units import actions
from membership.units.models import (
    Body,
    BranchQuestion,
    Level,
    Membership,
    QualificationCategory,
    Review,
    SeatInvitation,
    Unit,
)
from membership.units.papers import required_documents
from membership.units.profile import items, profile_of
from membership.units.states import PAPERS, BodyKind, DocumentKind, Duty, ReviewSubject
from membership.units.states import MembershipState as S

SECRETARYS_BRANCHES = ("safety", "quality")
BRANCH_CONTACT = ("contact_department", "contact_name", "contact_phone")


class Register:
    """Registers, submits and decides for one reviewer."""

    def __init__(self, accounts, reviewer):
        self.accounts, self.reviewer = accounts, reviewer
        self.bodies = {body.slug: body for body in Body.objects.all()}
        self.categories = {(row.group, row.name): row for row in QualificationCategory.objects.all()}
        self.levels = {(level.body_kind, level.slug): level for level in Level.objects.all()}
        self.returned = 0

    def enter(self, plan):
        """Carry the unit as far as its plan says; False if it is already known."""
        if Unit.objects.filter(uscc=plan.facts["uscc"]).exists():
            return False
        owner, _is_new = self.accounts.make(plan.owner)
        unit = actions.register_unit(by=owner, **plan.facts)
        if plan.state != S.DRAFT:
            certification = actions.submit(unit.memberships.get(), by=owner, profile=self._profile(unit, plan, owner))
            applications = [self._apply(unit, plan, slug, owner) for slug in plan.branches]
            self._decide(certification, plan)
            for application, level in zip(applications, plan.branches.values(), strict=True):
                if level:
                    self._approve(application, level)
            self._date_back(unit, plan)
        return True

    def _profile(self, unit, plan, owner):
        """What the unit hands in: its facts, and the files that it is asked for."""
        is_read = plan.state != S.ACTIVE  # somebody will look at its files
        profile = profile_of(unit)

        def upload(kind, lines=()):
            file = page(plan.facts, kind, drawn=is_read, lines=lines)
            return str(actions.store_document(file, unit=unit, kind=kind, by=owner).pk)

        asked = [rule.kind for rule in required_documents(unit) if rule.needed and rule.kind in PAPERS]
        profile["documents"] |= {str(kind): upload(kind) for kind in asked}
        for certificate in certificates(plan.facts, unit.pk):
            category = self.categories[certificate.group, certificate.name]
            lines = [f"{category} {certificate.grade}", f"证书编号：{certificate.number}"]
            row = {
                "id": str(uuid4()),
                "category": category.pk,
                "grade": certificate.grade,
                "certificate_no": certificate.number,
                "issuer": "示范省住房和城乡建设厅",
                "valid_until": f"{certificate.valid_until:%Y-%m-%d}",
                "document": upload(DocumentKind.QUALIFICATION, lines),
            }
            profile["qualifications"].append(row)
        return profile

    def staff_first_unit(self, plan):
        """Give the unit an agent beside its owner, and leave one more invitation open; False if it has an agent."""
        unit = Unit.objects.get(uscc=plan.facts["uscc"])
        if SeatInvitation.objects.filter(unit=unit).exists():
            return False
        owner = unit.seats.get(duty=Duty.OWNER).user
        agent, _is_new = self.accounts.make(DEMO_AGENT)
        actions.accept_invitation(actions.invite(unit, agent.phone, by=owner), by=agent)
        actions.invite(unit, f"+86{DEMO_INVITED}", by=owner)
        return True

    def entrust_branches(self, secretary, *, by):
        """Give the secretary two branches, one of which asks its applicants a question; False if they have them."""
        if secretary.body_staff.exists():
            return False
        for slug in SECRETARYS_BRANCHES:
            actions.appoint_secretary(self.bodies[slug], secretary, by=by)
        BranchQuestion.objects.create(
            body=self.bodies["quality"],
            sort_order=1,
            label="近两年主要业绩",
            help_text="填写三项以内，包括工程名称和竣工时间。",
            field_type="multiline",
            required=False,
        )
        return True

    def ask_for_changes(self, named):
        """One unit has a new legal representative, another wants to leave a branch; False if they have asked."""
        if Review.objects.exclude(subject=ReviewSubject.APPLICATION).exists():
            return False
        changing, leaving = (Unit.objects.get(uscc=named[number].facts["uscc"]) for number in (2, 4))
        profile = profile_of(changing)
        profile["facts"]["legal_representative"] = "何明轩"
        actions.request_change(changing, by=self._owner(changing), profile=profile)
        branch = leaving.memberships.select_related("unit").get(body=self.bodies["quality"])
        actions.request_leave(branch, by=self._owner(leaving), remark="学院专业调整，今后参加检测分会的活动。")
        return True

    def _owner(self, unit):
        return unit.seats.get(duty=Duty.OWNER).user

    def _apply(self, unit, plan, slug, owner):
        contact = {name: plan.facts[name] for name in BRANCH_CONTACT}
        return actions.apply(unit, self.bodies[slug], by=owner, **contact)

    def _decide(self, certification, plan):
        if plan.state == S.ACTIVE:
            self._approve(certification, plan.level, member_no=f"HY{certification.unit_id:05d}")
            return
        review = certification.reviews.open().get()
        if plan.state == S.RETURNED:
            reason, marks = RETURN_REASONS[self.returned % len(RETURN_REASONS)]
            keys = [item.key for item in items(review.snapshot)]
            verdicts = {
                key: {"ok": False, "reason": why, "words": ""}
                for start, why in marks.items()
                for key in keys
                if key.startswith(start)
            }
            actions.send_back(review, by=self.reviewer, remark=reason, verdicts=verdicts)
            self.returned += 1
        elif plan.state == S.REJECTED:
            actions.reject(review, by=self.reviewer, remark=REJECT_REASON)

    def _approve(self, membership, level, member_no=""):
        kind = BodyKind(membership.body.kind)
        actions.approve(
            membership.reviews.open().get(),
            by=self.reviewer,
            level=self.levels[kind, level],
            member_no=member_no,
            since=membership.unit.joined_on,
            waiver_reason="已核对历年会员名册",
        )

    def _date_back(self, unit, plan):
        """The demo has a past: old members joined long ago, applications have waited for some days."""
        if plan.state == S.ACTIVE:
            handed_in = timezone.make_aware(datetime.combine(plan.facts["joined_on"], time(10)))
        else:
            handed_in = timezone.now() - timedelta(days=plan.waiting_days)
        Unit.objects.filter(pk=unit.pk).update(submitted_at=handed_in)
        decided = Membership.objects.filter(unit=unit, decided_at__isnull=False)
        undecided = Membership.objects.filter(unit=unit, decided_at__isnull=True)
        decided.update(submitted_at=handed_in, decided_at=handed_in + timedelta(hours=20))
        waiting_since = timezone.now() - timedelta(days=plan.waiting_days)
        undecided.update(submitted_at=waiting_since)
        Review.objects.filter(membership__in=decided).update(
            handed_in_at=handed_in, opened_at=handed_in, decided_at=handed_in + timedelta(hours=20)
        )
        Review.objects.filter(membership__in=undecided).update(handed_in_at=waiting_since)
