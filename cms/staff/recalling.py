"""撤回: unpublishing a notice that units have, which asks for the reason first."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.admin import messages
from wagtail.admin.action_menu import UnpublishMenuItem

from cms.forms.board import RecallForm
from cms.models import NoticePage
from cms.staff.pages import NoticeView


def asks_for_reason(page):
    """Whether unpublishing this page takes a notice back from units."""
    return isinstance(page, NoticePage) and page.live and page.deliveries.standing().exists()


def ask_for_reason(request, page):
    """Before Wagtail unpublishes one page: a notice that units have is recalled on a page of its own."""
    if asks_for_reason(page):
        return redirect("notices:recall", page.pk)
    if request.POST.get("include_descendants"):
        notice = NoticePage.objects.descendant_of(page).live().delivered().first()
        if notice:
            messages.error(request, words_for_one_by_one(notice))
            return redirect("wagtailadmin_explore", page.pk)
    return None


def words_for_one_by_one(notice):
    return _("“%(title)s” has been sent to units. Recall it by itself: the units are told why.") % {
        "title": notice.title
    }


class RecallMenuItem(UnpublishMenuItem):
    """In the menu of the editor, in the place of unpublishing."""

    label = gettext_lazy("Recall")

    def get_url(self, context):
        return reverse("notices:recall", args=[context["page"].pk])


def recall_in_editor(menu_items, request, context):
    """After Wagtail has built the menu of the editor."""
    if context.get("view") == "edit" and asks_for_reason(context["page"]):
        menu_items[:] = [
            RecallMenuItem(order=item.order) if item.name == UnpublishMenuItem.name else item for item in menu_items
        ]


class RecallView(NoticeView):
    template_name = "cms/staff/board/recall.html"

    def dispatch(self, request, *args, **kwargs):
        if not self.notice.permissions_for_user(request.user).can_unpublish():
            raise PermissionDenied
        if not asks_for_reason(self.notice):
            messages.warning(request, _("The notice stands with no unit: there is nothing to recall."))
            return redirect(self.board_url)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return _("Recall the notice")

    def get_context_data(self, form=None, **kwargs):
        counts = self.deliveries.standing()
        return super().get_context_data(
            form=form or RecallForm(),
            number=counts.count(),
            receipted=counts.receipted().count(),
            edit_url=reverse("wagtailadmin_pages:edit", args=[self.notice.pk]),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        form = RecallForm(request.POST)
        if not form.is_valid():
            return self.answer(422, form=form)
        notice = NoticePage.objects.get(pk=self.notice.pk).specific
        notice.recall_reason = form.cleaned_data["reason"]
        with transaction.atomic():
            UnpublishPageAction(notice, user=request.user).execute()
        messages.success(request, _("“%(title)s” has been recalled.") % {"title": notice.title})
        return redirect(self.board_url)
