"""审议结果: what came of every matter of a deliberation, and what every unit said."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.models import AssociationSettings
from cms.staff.pages import NoticeView, percent
from membership import pdf
from membership.jobs.models import Job
from membership.private_files import as_download
from membership.tracking import actions, permissions
from membership.tracking.models import DeliberationResult
from membership.tracking.results import late_receipts, outcome, standing_of, tallies
from membership.tracking.sheets import answer_of, opinions_of, words_for
from membership.tracking.states import Export, Majority, Quorum, ReceiptKind
from membership.units import uploads

PER_PAGE = 50
ON_PAPER = 600  # units whose opinions the press can set within its time
FILES_SHOWN = 4


def reads_receipts(user):
    return permissions.may_take(user, Export.RESULT)


class ResultView(NoticeView):
    template_name = "cms/staff/board/result.html"
    may = reads_receipts

    @cached_property
    def result(self):
        """The frozen result, or None before that."""
        if self.notice.receipt_kind != ReceiptKind.DELIBERATION:
            raise Http404
        results = DeliberationResult.objects.select_related("notice", "frozen_by")
        return results.filter(notice=self.notice).first()

    def get_page_title(self):
        return _("Result of the deliberation")

    def get_context_data(self, **kwargs):
        result = self.result
        rule, found = (outcome(result), None) if result else standing_of(self.notice)
        if result:
            found = tallies(result, rule)
        may_manage = permissions.may_manage_receipts(self.request.user)
        return super().get_context_data(
            result=result,
            rule=rule,
            rules=rules_in_words(rule),
            present_percent=percent(rule.present, rule.entitled),
            tallies=[(tally, words_for(tally)) for tally in found],
            is_over=self.notice.deadline is not None and self.notice.deadline < timezone.now(),
            may_freeze=result is None and may_manage,
            exports=[Export.RESULT] if result else [],
            files=list(
                Job.objects.made_for(self.request.user, "tracking.export", notice_id=self.notice.pk)[:FILES_SHOWN]
            ),
            **self.opinions(result),
            **kwargs,
        )

    def opinions(self, result):
        """What every unit said, fifty on a page."""
        if result is None:
            return {"rows": [], "items": [], "page_obj": None}
        items = list(self.notice.agenda_items.all())
        page = Paginator(result.entitled.with_answers(), PER_PAGE).get_page(self.request.GET.get("p"))
        late = late_receipts(result)
        return {"rows": [unit_row(entitled, items, late) for entitled in page], "items": items, "page_obj": page}

    def post(self, request, *args, **kwargs):
        """立即统计, after the deadline."""
        if not permissions.may_manage_receipts(request.user):
            raise PermissionDenied
        actions.freeze_result(self.notice, by=request.user)
        messages.success(request, _("The result has been frozen."))
        return redirect("notices:result", self.notice.pk)


class ResultPaperView(ResultView):
    """The frozen result as a paper to be signed and filed; of very many units the workbook holds the opinions."""

    http_method_names = ["get", "head"]

    def get(self, request, *args, **kwargs):
        if self.result is None:
            raise Http404
        try:
            with translation.override(settings.LANGUAGE_CODE):
                content = pdf.render("pdf/result.html", self.paper())
        except pdf.PdfUnavailable as failure:
            messages.error(request, str(failure))
            return redirect("notices:result", self.notice.pk)
        actions.note_paper(self.notice, by=request.user, what="result_paper")
        name = uploads.clean_name(f"{self.get_page_title()}_{self.notice.title}.pdf")
        return as_download(ContentFile(content), name=name, mime=pdf.MEDIA_TYPE)

    def paper(self):
        rule = outcome(self.result)
        items = list(self.notice.agenda_items.all())
        shown = self.result.entitled.with_answers() if rule.entitled <= ON_PAPER else []
        late = late_receipts(self.result) if shown else {}
        return {
            "association": AssociationSettings.current(),
            "notice": self.notice,
            "result": self.result,
            "rule": rule,
            "rules": rules_in_words(rule),
            "tallies": [(tally, words_for(tally)) for tally in tallies(self.result, rule)],
            "items": items,
            "rows": [unit_row(entitled, items, late) for entitled in shown],
        }


def unit_row(entitled, items, late):
    """A unit, how its receipt came, and its opinion on each matter; `late` has the receipts that do not count."""
    receipt, note = answer_of(entitled, late)
    return {
        "entitled": entitled,
        "receipt": receipt,
        "note": note,
        "changed": bool(receipt and (receipt.superseded_at or receipt.sent_back_at)),
        "opinions": opinions_of(receipt, items),
    }


def rules_in_words(rule):
    """The quorum and the majority that were asked for."""
    return {
        "quorum": Quorum(rule.quorum).label if rule.quorum else _("None"),
        "majority": Majority(rule.majority).label if rule.majority else _("None"),
    }
