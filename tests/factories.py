"""Factories of the nouns, with traits for the situations that tests need."""

from itertools import count

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cms.models import AgendaItem, AudienceRule, NoticeCategory, NoticeIndexPage, NoticePage
from membership.accounts.models import User
from membership.tracking.states import AudienceKind, ReceiptKind
from membership.units.models import (
    Body,
    Document,
    Level,
    Membership,
    Qualification,
    QualificationCategory,
    Review,
    Seat,
    Unit,
)
from membership.units.profile import CONTACT, profile_of
from membership.units.states import PAPERS, DocumentKind, Duty, MembershipState, ReviewState, ReviewSubject
from membership.units.uscc import check_character

PASSWORD = "correct-horse-battery"
_numbers = count(1)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    phone = factory.Sequence(lambda n: f"+86139{n:08d}")
    phone_verified = True
    name = factory.Sequence(lambda n: f"经办人{n}")
    password = factory.django.Password(PASSWORD)

    class Params:
        staff = factory.Trait(is_staff=True)
        root = factory.Trait(is_staff=True, is_superuser=True)


def uscc(n):
    """A valid credit code for the n-th unit."""
    first17 = f"91510100MA{n:07d}"
    return first17 + check_character(first17)


class UnitFactory(DjangoModelFactory):
    """A unit with its owner; `certified=True` makes it an ordinary member of the association."""

    class Meta:
        model = Unit
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"测试建设{n}有限公司")
    uscc = factory.Sequence(uscc)
    unit_type = "contractor"
    province = "51"
    legal_representative = "张三"
    contact_name = "李四"
    contact_phone = "13811138111"
    submitted_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def certified(unit, create, extracted, **kwargs):
        level = kwargs.get("level", "ordinary")
        MembershipFactory(
            unit=unit,
            body=Body.objects.association(),
            **({"active": True, "level_slug": level} if extracted else {"draft": True}),
        )


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    unit = factory.SubFactory(UnitFactory)
    state = MembershipState.PENDING
    submitted_at = factory.LazyFunction(timezone.now)

    class Params:
        level_slug = "ordinary"
        draft = factory.Trait(state=MembershipState.DRAFT, submitted_at=None)
        active = factory.Trait(
            state=MembershipState.ACTIVE,
            level=factory.LazyAttribute(lambda m: Level.objects.get(body_kind=m.body.kind, slug=m.level_slug)),
            since=factory.LazyFunction(timezone.localdate),
            decided_at=factory.LazyFunction(timezone.now),
            decided_by=factory.SubFactory(UserFactory, staff=True),
        )


def document(unit, kind=DocumentKind.BUSINESS_LICENSE, by=None, **fields):
    """A file of the unit that nobody has looked into; `fields` are Document's."""
    values = {"original_name": f"{kind}.pdf", "size": 1000, "sha256": "0" * 64, "mime": "application/pdf", "pages": 1}
    by = by or UserFactory()
    return Document.objects.create(unit=unit, kind=kind, uploaded_by=by, file=f"documents/{kind}", **values | fields)


def qualification(unit, name="建筑工程", group="施工总承包", **fields):
    """A certificate of the unit on file."""
    category = QualificationCategory.objects.get(group=group, name=name)
    fields.setdefault("document", document(unit, DocumentKind.QUALIFICATION))
    return Qualification.objects.create(unit=unit, category=category, grade=fields.pop("grade", "一级"), **fields)


def put_papers_on_file(unit):
    """Everything that any unit could be asked for."""
    for kind in PAPERS:
        setattr(unit, str(kind), document(unit, kind))
    unit.save()
    qualification(unit)
    return unit


def review(membership, subject=ReviewSubject.APPLICATION, state=ReviewState.OPEN, **fields):
    """What the membership has handed in, waiting for a decision or decided on."""
    if "snapshot" not in fields and membership.is_certification:
        fields["snapshot"] = profile_of(membership.unit)
    contact = {name: getattr(membership, name) for name in CONTACT}
    fields.setdefault("snapshot", {"contact": contact, "answers": membership.answers})
    if state in {ReviewState.APPROVED, ReviewState.RETURNED, ReviewState.REJECTED}:
        fields.setdefault("decided_at", timezone.now())
        fields.setdefault("decided_by", membership.decided_by or UserFactory(staff=True))
    fields.setdefault("round", Review.objects.filter(membership=membership, subject=subject).count() + 1)
    fields.setdefault("handed_in_by", UserFactory())
    return Review.objects.create(membership=membership, subject=subject, state=state, **fields)


def clerk(unit, duty=Duty.OWNER, **kwargs):
    """A user who acts for the unit."""
    user = UserFactory(**kwargs)
    Seat.objects.create(user=user, unit=unit, duty=duty)
    return user


def members_index():
    return NoticeIndexPage.objects.get(slug="member-notices")


def open_index():
    return NoticeIndexPage.objects.get(slug="notices")


def notice(*, index=None, category=None, rules=(), items=(), live=True, model=NoticePage, **fields):
    """A notice page below the members' index, saved live without publishing (so nothing is delivered yet).

    `rules` are dicts of AudienceRule's fields, default all members; `items` are titles of agenda items.
    """
    n = next(_numbers)
    fields.setdefault("title", f"关于测试事项{n}的通知")
    fields.setdefault("slug", f"notice-{n}")
    fields.setdefault("notify_by_sms", False)
    kind = fields.setdefault("receipt_kind", ReceiptKind.NONE)
    slug = category or ("receipt" if kind != ReceiptKind.NONE else "notice")
    page = model(category=NoticeCategory.objects.get(slug=slug), live=live, first_published_at=timezone.now(), **fields)
    page.audience_rules = [AudienceRule(**rule) for rule in rules or [{"kind": AudienceKind.ALL}]]
    page.agenda_items = [AgendaItem(title=title, sort_order=i) for i, title in enumerate(items)]
    return (index or members_index()).add_child(instance=page)
