"""回执总览: every notice that went out, with the four numbers that tell how it fares, also as a workbook."""

import django_filters
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import HeaderButton

from cms.models import CURRENT_DAYS, NoticeCategory, NoticePage
from cms.staff.columns import MomentColumn
from cms.staff.pages import DeliveriesAreSeen, percent
from membership import spreadsheets
from membership.office_files import XLSX
from membership.private_files import as_download
from membership.tracking.models import Delivery
from membership.tracking.states import ReceiptKind

CURRENT, CLOSED, ALL = "current", "closed", "all"
STATES = [(CURRENT, _("In progress")), (CLOSED, _("Closed")), (ALL, _("All"))]


def share(part, whole):
    """How a line tells the share of a number: “12 (80%)”, or “--” where nothing was asked."""
    return f"{part} ({percent(part, whole)}%)" if whole else "--"


def with_counts(notices, user):
    """The notices as a list, each with the numbers of its deliveries that this person may see. One query more."""
    notices = list(notices)
    deliveries = Delivery.objects.for_user(user).filter(notice__in=[notice.pk for notice in notices])
    counts = deliveries.counts_by_notice(timezone.now())
    nothing = dict.fromkeys(("sent", "read", "asked", "receipted", "overdue"), 0)
    for notice in notices:
        notice.counts = counts.get(notice.pk, nothing)
    return notices


class OverviewFilters(WagtailFilterSet):
    """State (what is in progress unless asked otherwise), category, kind of receipt."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, empty_label=None, method="in_state")
    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=NoticeCategory.objects.all())
    receipt_kind = django_filters.ChoiceFilter(label=_("Receipt"), choices=ReceiptKind.choices)

    class Meta:
        model = NoticePage
        fields = []

    def __init__(self, data, **kwargs):
        data = data.copy()
        data.setdefault("state", CURRENT)
        super().__init__(data, **kwargs)
        self.form.fields["state"].initial = CURRENT

    def in_state(self, notices, name, value):
        now = timezone.now()
        if value == CURRENT:
            return notices.in_progress(now)
        sent = notices.delivered()
        return sent.exclude(pk__in=NoticePage.objects.in_progress(now).values("pk")) if value == CLOSED else sent


class OverviewView(DeliveriesAreSeen, BaseListingView):
    page_title = _("Receipts overview")
    header_icon = "mail"
    template_name = "cms/staff/board/overview.html"
    results_template_name = "cms/staff/board/overview_results.html"
    index_url_name = "notices:overview"
    index_results_url_name = "notices:overview_results"
    verbose_name_plural = NoticePage._meta.verbose_name_plural
    filterset_class = OverviewFilters
    paginate_by = 25
    is_searchable = True
    search_backend_name = None
    search_fields = ["title", "document_no"]
    columns = [
        TitleColumn("title", label=_("Notice"), get_url=lambda notice: reverse("notices:board", args=[notice.pk])),
        Column("category", label=_("Category")),
        Column("receipt_kind", label=_("Receipt"), accessor="get_receipt_kind_display"),
        MomentColumn("first_published_at", label=_("Published at")),
        MomentColumn("deadline", label=_("Deadline")),
        Column("sent", label=_("Sent"), accessor=lambda notice: notice.counts["sent"]),
        Column("read", label=_("Read"), accessor=lambda notice: share(notice.counts["read"], notice.counts["sent"])),
        Column(
            "receipted",
            label=_("Receipt returned"),
            accessor=lambda notice: share(notice.counts["receipted"], notice.counts["asked"]),
        ),
        Column("overdue", label=_("Overdue"), accessor=lambda notice: notice.counts["overdue"]),
    ]

    def get(self, request, *args, **kwargs):
        if request.GET.get("export") == "xlsx":
            return self.workbook()
        return super().get(request, *args, **kwargs)

    def get_base_queryset(self):
        notices = NoticePage.objects.select_related("category").defer_streamfields()
        return notices.order_by("-first_published_at", "-pk")

    def filter_queryset(self, queryset):
        """A choice that cannot be read chooses nothing: all that went out."""
        return super().filter_queryset(queryset) if self.filters.is_valid() else queryset.delivered()

    def paginate_queryset(self, queryset, page_size):
        paginator, page, notices, is_paginated = super().paginate_queryset(queryset, page_size)
        page.object_list = with_counts(notices, self.request.user)
        return paginator, page, page.object_list, is_paginated

    @cached_property
    def state(self):
        return self.filters.form.cleaned_data["state"] if self.filters.is_valid() else ""

    def asked(self, **changes):
        """The query of this list, from its first page, with changes."""
        kept = {name: value for name, value in self.request.GET.items() if name in {"q", *self.filters.filters}}
        return urlencode({name: value for name, value in {**kept, **changes}.items() if value})

    def get_context_data(self, **kwargs):
        states = [
            {"label": label, "query": self.asked(state=value), "active": value == self.state} for value, label in STATES
        ]
        return super().get_context_data(states=states, current_days=CURRENT_DAYS, **kwargs)

    @cached_property
    def header_buttons(self):
        url = f"{self.index_url}?{self.asked(export='xlsx')}"
        return [HeaderButton(label=_("Export XLSX"), url=url, icon_name="download")]

    @cached_property
    def no_results_message(self):
        if self.is_searching:
            return _("No notice has these words in its title or number.")
        if self.is_filtering:
            return _("No notice fits this choice.")
        return _("No notice is in progress.")

    def workbook(self):
        """Every notice of the list as a line; shares are whole percent."""
        titles = [
            (_("Notice"), 50), (_("Document number"), 22), (_("Category"), 12), (_("Receipt"), 14),
            (_("Published at"), 18), (_("Deadline"), 18), (_("Sent"), 8), (_("Read"), 8), (_("Read rate"), 10),
            (_("Receipts asked for"), 12), (_("Receipt returned"), 10), (_("Receipt rate"), 10), (_("Overdue"), 8),
        ]  # fmt: skip
        columns = [spreadsheets.Column(str(title), width) for title, width in titles]
        name = f"{self.page_title}_{timezone.localdate():%Y-%m-%d}.xlsx"
        rows = [line_of(notice) for notice in with_counts(self.get_queryset(), self.request.user)]
        file = spreadsheets.as_file([spreadsheets.Sheet(gettext("Notices"), columns, rows)], name)
        return as_download(file, name=name, mime=XLSX)


def line_of(notice):
    counts = notice.counts
    return [
        notice.title, notice.document_no, notice.category.name, notice.get_receipt_kind_display(),
        notice.first_published_at, notice.deadline, counts["sent"], counts["read"],
        rate(counts["read"], counts["sent"]), counts["asked"], counts["receipted"],
        rate(counts["receipted"], counts["asked"]), counts["overdue"],
    ]  # fmt: skip


def rate(part, whole):
    """“80%”, or nothing where nothing was asked."""
    return f"{percent(part, whole)}%" if whole else ""
