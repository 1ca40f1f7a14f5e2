"""参会登记: who of those announced was there, ticked page by page; the sheet on which they sign; their place cards."""

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from cms.forms.attendance import SHOWN, AttendanceFilterForm, AttendanceForm
from cms.models import ActivityPage, AssociationSettings
from cms.staff.pages import NoticeView, percent
from cms.staff.results import reads_receipts
from membership import pdf, spreadsheets
from membership.accounts.phones import mask, national
from membership.office_files import XLSX
from membership.private_files import as_download
from membership.tracking import actions, permissions
from membership.tracking.models import Attendee
from membership.tracking.naming import TITLE_ROOM, safe
from membership.tracking.states import ReceiptKind

PER_PAGE = 50
ON_PAPER = 600  # persons whom the press can set within its time
CARDS = 200  # in one PDF; each is a page of its own
EMPTY_LINES = 10  # for those who come without being announced
ENTRY_NAMES = {None: "", True: "came", False: "absent"}


class MeetingView(NoticeView):
    """A page about those whom the units of one notice send; another notice has no such page."""

    may = reads_receipts

    @cached_property
    def notice(self):
        notice = super().notice
        if notice.receipt_kind != ReceiptKind.ATTENDANCE:
            raise Http404
        return notice

    @cached_property
    def persons(self):
        return Attendee.objects.for_user(self.request.user).of_meeting(self.notice)


class AttendanceView(MeetingView):
    template_name = "cms/staff/board/attendance.html"

    @cached_property
    def filter(self):
        return AttendanceFilterForm(self.request.GET)

    def get_page_title(self):
        return _("Attendance record")

    def get_context_data(self, **kwargs):
        typed = kwargs.pop("typed", {})
        counts, expected = self.persons.counts(), self.persons.expected(self.notice).count()
        page = Paginator(self.filter.narrow(self.persons).by_unit(), PER_PAGE).get_page(self.request.GET.get("p"))
        may_record = permissions.may_manage_receipts(self.request.user)
        rows = [self.row(person, typed) for person in page]
        return super().get_context_data(
            counts=counts,
            came_percent=percent(counts["came"], counts["announced"]),
            filter=self.filter,
            shown=self.shown(counts),
            kept_query=urlencode(self.filter.typed),
            page_obj=page,
            rows=rows,
            may_record=may_record and any(not row["is_erased"] for row in rows),
            fits_paper=expected <= ON_PAPER,
            card_parts=list(Paginator(range(expected), CARDS)) if expected else [],
            on_paper=ON_PAPER,
            **kwargs,
        )

    def shown(self, counts):
        """The lists as tabs, each with its number of the whole meeting."""
        words = [("q", self.filter.words)] if self.filter.words else []
        return [
            {
                "label": label,
                "count": counts[name or "announced"],
                "active": name == self.filter.shown,
                "query": urlencode([*([("show", name)] if name else []), *words]),
            }
            for name, (label, _narrow) in SHOWN.items()
        ]

    @staticmethod
    def row(person, typed):
        entry = typed.get(person.pk, person.attended)
        return {
            "person": person,
            "unit": person.receipt.delivery.unit.name,
            "mobile": national(person.mobile),
            "is_erased": person.erased_at is not None,
            "seen": ENTRY_NAMES[person.attended],
            "entry": ENTRY_NAMES[entry],
        }

    def post(self, request, *args, **kwargs):
        """保存: only rows that this person touched, and of them those that no colleague has changed meanwhile."""
        if not permissions.may_manage_receipts(request.user):
            raise PermissionDenied
        form = AttendanceForm(request.POST)
        if not form.is_valid():
            return self.answer(422, refusal=form.error, typed=form.typed)
        changed = actions.record_attendance(self.notice, by=request.user, seen=form.seen, **form.changes)
        tell(request, changed, len(form.seen) - changed)
        query = urlencode([*self.filter.typed, *[("p", p) for p in request.GET.getlist("p")[:1] if p.isdecimal()]])
        return redirect(f"{request.path}{'?' if query else ''}{query}")


def tell(request, changed, left):
    """What became of the entries: how many were kept, and how many a colleague was quicker with."""
    if changed:
        words = ngettext("%(number)d entry was saved.", "%(number)d entries were saved.", changed)
        messages.success(request, words % {"number": changed})
    if left:
        words = ngettext(
            "%(number)d entry was not saved: a colleague recorded it, or the unit changed its receipt meanwhile.",
            "%(number)d entries were not saved: a colleague recorded them, or the unit changed its receipt meanwhile.",
            left,
        )
        messages.warning(request, words % {"number": left})
    if not changed and not left:
        messages.success(request, _("Nothing was changed, so there was nothing to save."))


class MeetingPaperView(MeetingView):
    """A paper about those who are expected, as PDF; its title also begins the name of its file."""

    http_method_names = ["get", "head"]
    title = template = what = None

    def get_page_title(self):
        return self.title

    def get(self, request, *args, **kwargs):
        try:
            content = pdf.render(self.template, self.paper(self.persons.expected(self.notice).by_unit()))
        except pdf.PdfUnavailable as failure:
            messages.error(request, str(failure))
            return redirect("notices:attendance", self.notice.pk)
        actions.note_paper(self.notice, by=request.user, what=self.what)
        return as_download(ContentFile(content), name=self.file_name("pdf"), mime=pdf.MEDIA_TYPE)

    def file_name(self, ending):
        return f"{self.get_page_title()}_{safe(self.notice.title, TITLE_ROOM)}.{ending}"


class SignInSheetView(MeetingPaperView):
    """签到表 as a paper: the numbers are masked, for it lies open on a table."""

    title, template, what = gettext_lazy("Sign-in sheet"), "pdf/sign_in_sheet.html", "sign_in_sheet"

    def get(self, request, *args, **kwargs):
        if self.persons.expected(self.notice).count() > ON_PAPER:
            words = _("More than %(most)d persons are too many for the PDF. Take the workbook instead.")
            messages.error(request, words % {"most": ON_PAPER})
            return redirect("notices:attendance", self.notice.pk)
        return super().get(request, *args, **kwargs)

    def paper(self, persons):
        lines = [(number, *facts) for number, facts in enumerate(facts_of(persons), start=1)]
        return {
            "association": AssociationSettings.current(),
            "notice": self.notice,
            "meeting": self.meeting,
            "lines": lines,
            "empty": range(len(lines) + 1, len(lines) + 1 + EMPTY_LINES),
            "printed_at": timezone.localtime(),
        }

    @cached_property
    def meeting(self):
        """When and where, if the notice is one of an activity."""
        return ActivityPage.objects.filter(pk=self.notice.pk).only("starts_at", "ends_at", "venue").first()


class PlaceCardsView(MeetingPaperView):
    """会议桌签: a page for each person, folded into three sides; the name is read from both sides of the table.

    `?p=` names the part of a large meeting.
    """

    title, template, what = gettext_lazy("Place cards"), "pdf/place_cards.html", "place_cards"

    def paper(self, persons):
        part = Paginator(persons, CARDS).get_page(self.request.GET.get("p"))
        cards = [(name, unit) for unit, name, _position, _mobile in facts_of(part.object_list)]
        return {"association": AssociationSettings.current(), "cards": cards}


class SignInWorkbookView(SignInSheetView):
    """签到表 as a workbook, for meetings of any size."""

    def get(self, request, *args, **kwargs):
        titles = ((_("Unit"), 30), (_("Full name"), 12), (_("Position"), 16), (_("Mobile number"), 16))
        columns = [spreadsheets.Column("#", 6), *(spreadsheets.Column(title, width) for title, width in titles)]
        columns.append(spreadsheets.Column(_("Signature"), 20))
        sheet = spreadsheets.Sheet(_("Sign-in sheet"), columns, self.rows())
        facts = [spreadsheets.Column(_("Fact"), 16), spreadsheets.Column(_("Value"), 60)]
        name = self.file_name("xlsx")
        actions.note_paper(self.notice, by=request.user, what="sign_in_workbook")
        file = spreadsheets.as_file([sheet, spreadsheets.Sheet(_("Meeting"), facts, self.facts())], name)
        return as_download(file, name=name, mime=XLSX)

    def rows(self):
        number = 0
        for number, facts in enumerate(facts_of(self.persons.expected(self.notice).by_unit()), start=1):
            yield number, *facts, ""
        for line in range(number + 1, number + 1 + EMPTY_LINES):
            yield line, "", "", "", "", ""

    def facts(self):
        meeting = self.meeting
        return [
            (_("Notice"), self.notice.title),
            (_("Starts"), meeting and meeting.starts_at),
            (_("Ends"), meeting and meeting.ends_at),
            (_("Venue"), meeting and meeting.venue),
            (_("Persons announced"), self.persons.expected(self.notice).count()),
        ]


def facts_of(persons):
    """(unit, name, position, masked number) of each person, in the order of the units."""
    for person in persons.iterator(chunk_size=500):
        yield person.receipt.delivery.unit.name, person.name, person.position, mask(person.mobile)
