"""Nouns of the editorial room: notice, activity, category, attachment, audience rule, agenda item, settings."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, Max, OuterRef, Q, Subquery, When
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.contrib.settings.models import register_setting
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from cms import readiness, tree
from cms.attachments import Attachment, AttachmentPage, attachment_key  # noqa: F401 — models of this app, as pictures
from cms.blocks import BodyBlock
from cms.images import PortalImage, PortalRendition  # noqa: F401 — models of this app, found here by Django
from cms.previewing import PreviewedAsUnit
from membership.dues.states import YearDues
from membership.exceptions import Refusal
from membership.office_settings import OfficeSetting
from membership.tracking.states import (
    FORMAL_RECEIPTS,
    AttendeeColumn,
    AudienceKind,
    Majority,
    OpinionChoice,
    Quorum,
    ReceiptKind,
)
from membership.units.models import Body, Level, Unit
from membership.units.regions import Province
from membership.units.states import UnitType


class NoticeCategory(models.Model):
    """栏目: the tab under which members find a notice."""

    name = models.CharField(_("name"), max_length=20, unique=True)
    slug = models.SlugField(_("slug"), unique=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)
    for_receipts = models.BooleanField(
        _("for notices with a receipt"),
        default=False,
        help_text=_("Deliberation and meeting receipts stand here, and nothing else does."),
    )

    class Meta:
        verbose_name = _("notice category")
        verbose_name_plural = _("notice categories")
        ordering = ["sort_order", "pk"]

    def __str__(self):
        return self.name

    def clean(self):
        """What the category is meant for is settled with its first notice."""
        changed = NoticeCategory.objects.filter(pk=self.pk).exclude(for_receipts=self.for_receipts)
        if changed.exists() and self.notices.exists():
            raise ValidationError(
                {"for_receipts": _("Notices already stand in this category: what it is meant for stays as it is.")}
            )


class NoticeIndexPage(Page):
    """An index of notices: the open one for everybody, or the members' one, which only staff may browse."""

    intro = models.CharField(_("introductory sentence"), max_length=200, blank=True)

    parent_page_types = ["home.HomePage"]
    subpage_types = ["cms.NoticePage", "cms.ActivityPage"]

    class Meta:
        verbose_name = _("notice index")
        verbose_name_plural = _("notice indexes")

    def permissions_for_user(self, user):
        return tree.NoticePermissionTester(user, self)

    def get_sitemap_urls(self, request=None):
        """An index changes whenever a notice in it does."""
        latest = self.get_children().live().aggregate(latest=Max("last_published_at"))["latest"]
        return [{**entry, "lastmod": latest or entry["lastmod"]} for entry in super().get_sitemap_urls(request)]


CURRENT_DAYS = 60  # for so long a notice without deadline is in progress


def _has_any(deliveries, among=None):
    """Of a notice: one of these is its own; looked for only where the condition `among` holds.

    Looked up for each, for an EXISTS PostgreSQL may read all deliveries.
    """
    one = Subquery(deliveries.filter(notice=OuterRef("pk")).values("pk")[:1])
    return IsNull(Case(When(among, then=one)) if among else one, False)


class NoticePageQuerySet(PageQuerySet):
    def open_for_newcomers(self, now):
        """Live notices that a newly certified unit still gets: not past their deadline, and meant for newcomers too."""
        in_time = Q(deadline__isnull=True) | Q(deadline__gte=now)
        return self.live().filter(in_time, deliver_to_newcomers=True)

    def undelivered(self):
        """Live notices with an audience that was not delivered, or that stands recalled: their job was lost."""
        delivered = NoticePage.deliveries.rel.related_model.objects.filter(notice=OuterRef("pk"))
        ruled = AudienceRule.objects.filter(page=OuterRef("pk"))
        return self.live().filter(Exists(ruled), ~Exists(delivered) | Exists(delivered.recalled()))

    def delivered(self):
        """Notices that went out to at least one unit, recalled or not."""
        return self.filter(_has_any(NoticePage.deliveries.rel.related_model.objects))

    def standing(self):
        """Notices that went out and were not recalled; one that has run out stays with its units."""
        deliveries = NoticePage.deliveries.rel.related_model.objects
        return self.filter(_has_any(deliveries.standing()))

    def in_progress(self, now):
        """Standing ones whose deadline lies ahead, of one unit at least; without deadline, of the last days."""
        deliveries = NoticePage.deliveries.rel.related_model.objects
        extended = _has_any(deliveries.filter(deadline_override__gte=now))
        recent = Q(deadline=None, first_published_at__gte=now - timedelta(days=CURRENT_DAYS))
        in_time = Q(deadline__gte=now) | Q(extended) | recent
        return self.live().filter(_has_any(deliveries.standing(), among=in_time))

    def newest(self):
        """Pinned first, then the newest."""
        return self.order_by("-pinned", "-first_published_at", "-pk")


def all_attendee_columns():
    return [str(column) for column in AttendeeColumn if column != AttendeeColumn.ACCOMMODATION]


# What units were asked; the matters, with their options, are locked beside them.
LOCKED_BY_RECEIPTS = ("receipt_kind", "attendee_columns", "quorum", "majority")


class NoticePage(PreviewedAsUnit, tree.RestrictionsAsFound, Page):
    """A notice: to the open site, to chosen member units, or both, with or without a receipt to be returned."""

    category = models.ForeignKey(NoticeCategory, models.PROTECT, related_name="notices", verbose_name=_("category"))
    document_no = models.CharField(_("document number"), max_length=60, blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)
    pinned = models.BooleanField(_("pinned"), default=False)
    deliver_to_newcomers = models.BooleanField(_("also send to units certified later"), default=True)
    receipt_kind = models.CharField(
        _("kind of receipt"), max_length=16, choices=ReceiptKind.choices, default=ReceiptKind.NONE
    )
    deadline = models.DateTimeField(_("receipt deadline"), null=True, blank=True)
    upload_required = models.BooleanField(_("a file must be uploaded"), default=True)
    allow_late = models.BooleanField(
        _("receipts are taken after the deadline too"), default=False, help_text=_("They are marked as late.")
    )
    attendee_columns = models.JSONField(_("asked about attendees"), default=all_attendee_columns, blank=True)
    max_attendees = models.PositiveSmallIntegerField(
        _("attendees at most"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    quorum = models.CharField(
        _("units that must answer"), max_length=16, choices=Quorum.choices, blank=True, default=Quorum.HALF
    )
    majority = models.CharField(
        _("majority"), max_length=24, choices=Majority.choices, blank=True, default=Majority.HALF_PRESENT
    )
    notify_by_sms = models.BooleanField(_("tell the units by text message"), default=True)
    correction = models.CharField(
        _("what was corrected"),
        max_length=200,
        blank=True,
        help_text=_(
            "Units read it above the text. Whenever title or text change after the notice was sent, say here what was "
            "corrected this time; it takes the place of an earlier note."
        ),
    )
    corrected_at = models.DateTimeField(null=True, editable=False)
    recall_reason = models.CharField(_("why it was recalled"), max_length=200, blank=True, editable=False)
    contact = models.CharField(_("contact for questions"), max_length=100, blank=True)
    # What is searched: title, document number and the words of the body, for JSON hides Chinese from a LIKE.
    search_text = models.TextField(blank=True, editable=False)

    objects = PageManager.from_queryset(NoticePageQuerySet)()

    search_fields = [*Page.search_fields, index.SearchField("search_text")]
    parent_page_types = ["cms.NoticeIndexPage"]
    subpage_types = []
    exclude_fields_in_copy = ["correction", "corrected_at", "recall_reason"]
    template = "cms/notice_page.html"

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    @property
    def asks_receipt(self):
        return self.receipt_kind != ReceiptKind.NONE

    @property
    def asks_formal_receipt(self):
        """会议审议回执 or 参加会议回执, which stand in a category of their own."""
        return self.receipt_kind in FORMAL_RECEIPTS

    @property
    def published_at(self):
        """When readers first saw it; before that, now (previews)."""
        return self.first_published_at or timezone.now()

    @property
    def is_members_only(self):
        """Whether it stands in the members' tree, where units read it only through its delivery."""
        return tree.is_members_only(self)

    @property
    def has_receipts(self):
        """Whether a unit has answered: from then on the kind of receipt and the matters stay as they are."""
        return bool(self.pk) and self.deliveries.filter(receipt_version__gt=0).exists()

    def obstacles(self):
        """{field: sentence} of all that forbids publishing it now; empty when nothing does."""
        return readiness.obstacles(
            self,
            rules=list(self.audience_rules.all()),
            items=list(self.agenda_items.all()),
            members_only=self.is_members_only,
            now=timezone.now(),
        )

    def save(self, clean=True, **kwargs):
        """Refuses to publish what may not go out now, whatever way it comes (a workflow, many at once, a schedule)."""
        if clean and self.live and self.live_revision_id:
            is_out = NoticePage.objects.live().filter(pk=self.pk, live_revision=self.live_revision_id).exists()
            missing = readiness.gaps(self, list(self.agenda_items.all())) if is_out else self.obstacles()
            if missing:
                words = {"title": self.title, "reasons": " ".join(missing.values())}
                raise Refusal(_("“%(title)s” cannot be published: %(reasons)s") % words, code="incomplete")
            self._note_correction()
        fields = kwargs.get("update_fields")
        if fields is None or {"title", "document_no", "body"} & set(fields):
            self.search_text = self.searchable_text()
            kwargs["update_fields"] = fields and [*fields, "search_text"]
        return super().save(clean=clean, **kwargs)

    def _note_correction(self):
        """Date the correction that is published now, if units have the notice."""
        before = NoticePage.objects.delivered().filter(pk=self.pk).first() if self.correction else None
        if before and (self.correction != before.correction or readiness.says_otherwise(self, before)):
            self.corrected_at = timezone.now()

    def searchable_text(self):
        """The words of the notice, one line for each part."""
        words = self.body.stream_block.get_searchable_content(self.body)
        return "\n".join(text for text in (self.title, self.document_no, *words) if text)

    def with_content_json(self, content):
        """The draft as it may be published: whatever its age, what units answered stays."""
        draft = super().with_content_json(content)
        draft.corrected_at = self.corrected_at
        draft.recall_reason = ""  # publishing takes the recall back
        if self.has_receipts:
            for name in LOCKED_BY_RECEIPTS:
                setattr(draft, name, getattr(self, name))
            draft.deadline = draft.deadline or self.deadline
            draft.agenda_items = list(self.agenda_items.all())
            if not draft.category.for_receipts:
                draft.category = self.category
        return draft

    def permissions_for_user(self, user):
        return tree.NoticePermissionTester(user, self)

    def can_move_to(self, parent):
        return super().can_move_to(parent) and not tree.would_get_out(self, parent)


class ActivityPage(NoticePage):
    """An activity or training: a notice with dates and a venue."""

    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    venue = models.CharField(_("venue"), max_length=200)
    quota = models.PositiveIntegerField(_("places"), null=True, blank=True)

    objects = PageManager.from_queryset(NoticePageQuerySet)()

    search_fields = [*NoticePage.search_fields, index.SearchField("venue")]
    parent_page_types = ["cms.NoticeIndexPage"]
    subpage_types = []
    template = "cms/notice_page.html"

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")


AUDIENCE_CODES = (AudienceKind.TYPE, AudienceKind.PROVINCE, AudienceKind.DUES)  # these name a code, no row


class AudienceRule(Orderable):
    """One rule of the audience of a notice; `membership.tracking.audience` says what a set of them reaches."""

    page = ParentalKey(NoticePage, on_delete=models.CASCADE, related_name="audience_rules")
    kind = models.CharField(_("kind"), max_length=8, choices=AudienceKind.choices)
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    value = models.CharField(
        _("type, province or dues"),
        max_length=16,
        blank=True,
        choices=[*UnitType.choices, *Province.choices, *YearDues.choices],
    )

    class Meta(Orderable.Meta):
        verbose_name = _("audience rule")
        verbose_name_plural = _("audience rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=AudienceKind.ALL, body=None, level=None, unit=None, value="")
                | Q(kind=AudienceKind.BODY, body__isnull=False, level=None, unit=None, value="")
                | Q(kind=AudienceKind.LEVEL, body=None, level__isnull=False, unit=None, value="")
                | (Q(kind__in=AUDIENCE_CODES, body=None, level=None, unit=None) & ~Q(value=""))
                | Q(
                    kind__in=[AudienceKind.UNIT, AudienceKind.EXCLUDE],
                    body=None,
                    level=None,
                    unit__isnull=False,
                    value="",
                ),
                name="audience_rule_names_its_kind",
            ),
        ]

    def __str__(self):
        named = self.body or self.level or self.unit or self.get_value_display()
        return f"{self.get_kind_display()} {named}".strip()

    @property
    def target(self):
        """What the rule names: the id of a body, level or unit, or the code of a type, province or dues; None."""
        return self.body_id or self.level_id or self.unit_id or self.value or None


def own_options(text):
    return [option.strip() for option in text.split("、") if option.strip()]


class AgendaItem(Orderable):
    """A matter on which units give their opinion."""

    page = ParentalKey(NoticePage, on_delete=models.CASCADE, related_name="agenda_items")
    title = models.CharField(_("matter"), max_length=200)
    options = models.CharField(
        _("options"),
        max_length=200,
        blank=True,
        help_text=_("Separated by “、”, for example names or dates. Empty: agree, disagree, abstain."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")

    @property
    def choices(self):
        """[(key, words)] among which a unit chooses one."""
        return [(option[:50], option[:50]) for option in own_options(self.options)] or list(OpinionChoice.choices)

    def __str__(self):
        return self.title


class NoticeAttachmentQuerySet(models.QuerySet):
    def open_to_public(self):
        """Attachments of live pages of the open site."""
        return self.filter(page__in=NoticePage.objects.live().public())


class NoticeAttachment(Orderable):
    """An attachment's place on a notice."""

    page = ParentalKey(NoticePage, on_delete=models.CASCADE, related_name="attachments")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="placements", verbose_name=_("attachment"))
    is_receipt_form = models.BooleanField(_("to be filled in and returned with the receipt"), default=False)

    objects = NoticeAttachmentQuerySet.as_manager()

    class Meta(Orderable.Meta):
        verbose_name = _("attachment of the notice")
        verbose_name_plural = _("attachments of the notice")

    def __str__(self):
        return str(self.attachment)

    @property
    def is_filled_in(self):
        """Whether units get it with their own facts in it (`cms.receipt_forms`)."""
        return self.is_receipt_form and bool((self.attachment.placeholders or {}).get("names"))


@register_setting(icon="home", order=10)
class AssociationSettings(OfficeSetting):
    """Who the association is: shown in headers, footers and messages."""

    name = models.CharField(_("name of the association"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=30, blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    support_phone = models.CharField(_("technical support"), max_length=50, blank=True)
    working_hours = models.CharField(_("working hours"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    icp = models.CharField(_("ICP number"), max_length=50, blank=True)
    police_record = models.CharField(_("public security record"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("association")

    def __str__(self):
        return self.name
