"""延长截止时间: more time for all units of a notice, or for those chosen on the board."""

from datetime import timedelta

from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from cms.forms.board import ExtendDeadlineForm
from cms.staff.pages import NoticeView, Selection
from membership.exceptions import Refusal
from membership.tracking import actions, permissions

UNITS_SHOWN = 20


class ExtendDeadlineView(NoticeView):
    template_name = "cms/staff/board/deadline.html"
    may = permissions.may_manage_receipts

    @cached_property
    def selection(self):
        return Selection(self.request.POST if self.request.method == "POST" else self.request.GET)

    def get_page_title(self):
        return _("Extend the deadline")

    def get_context_data(self, form=None, **kwargs):
        chosen = self.selection.narrow(self.deliveries.standing())
        last = max(filter(None, [self.notice.deadline, timezone.now()]))
        initial = {"until": last + timedelta(days=1)}
        return super().get_context_data(
            form=form or ExtendDeadlineForm(initial=initial),
            is_everybody=self.selection.is_everybody,
            carried=self.selection.carried,
            number=chosen.count(),
            units=list(chosen.order_by("unit__name").values_list("unit__name", flat=True)[:UNITS_SHOWN]),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        form = ExtendDeadlineForm(request.POST)
        if not form.is_valid():
            return self.answer(422, form=form)
        units = self.selection.units(self.deliveries)
        try:
            number = actions.extend_deadline(
                self.notice, by=request.user, until=form.cleaned_data["until"], units=units
            )
        except Refusal as refusal:
            form.add_error("until", str(refusal))
            return self.answer(422, form=form)
        words = ngettext("%(number)d unit has more time.", "%(number)d units have more time.", number)
        messages.success(request, words % {"number": number})
        return redirect(self.board_url)
