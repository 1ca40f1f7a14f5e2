"""Pages on which the office decides about a membership that stands: another level, suspended, resumed, ended."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.exceptions import Refusal
from membership.units import actions, permissions
from membership.units.models import LevelTerm, Membership
from membership.units.staff.forms import LevelForm, ReasonForm
from membership.units.states import MOVES, STANDING, BodyKind, MembershipState


class StandingView(WagtailAdminTemplateMixin, FormView):
    """A form about one membership that this person may see and decide on."""

    header_icon = "group"
    _show_breadcrumbs = True
    title = ""

    @cached_property
    def membership(self):
        rows = Membership.objects.for_user(self.request.user).select_related("unit", "body", "level")
        return get_object_or_404(rows.distinct(), pk=self.kwargs["pk"])

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_see_register(request.user) or not self.is_allowed(request.user):
            raise PermissionDenied
        if not self.is_possible():
            words = {"state": self.membership.get_state_display()}
            messages.error(request, _("The membership is “%(state)s” now: this cannot be done.") % words)
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def is_allowed(self, user):
        return permissions.may_review(user, self.membership)

    def is_possible(self):
        """Whether the state of now allows it; asked again by the verb, under its lock."""
        raise NotImplementedError

    def get_page_title(self):
        return self.title

    def get_page_subtitle(self):
        return str(self.membership)

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse("units_modeladmin_index"), "label": _("Member register")},
            {"url": self.get_success_url(), "label": self.membership.unit.name},
            {"url": "", "label": self.title},
        ]

    def get_success_url(self):
        page = reverse("units_modeladmin_inspect", args=[self.membership.unit_id])
        return f"{page}?tab=standing"

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            membership=self.membership, back_url=self.get_success_url(), title=self.title, **kwargs
        )
        context["media"] = context["form"].media
        return context


class ChangeLevelView(StandingView):
    """调整等级: levels are elected, so a day and a ground belong to each."""

    title = gettext_lazy("Change level")
    template_name = "units/staff/standing/level.html"
    form_class = LevelForm
    AT_FIELD = {"in_the_future": "since", "before_term": "since", "same_level": "level", "wrong_level": "level"}

    def is_allowed(self, user):
        return permissions.may_grant_level(user, self.membership)

    def is_possible(self):
        return self.membership.state in STANDING

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "membership": self.membership}

    def get_context_data(self, **kwargs):
        term = LevelTerm.objects.filter(membership=self.membership).current().first()
        return super().get_context_data(term=term, **kwargs)

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        is_valid = form.is_valid()
        form.keep_file(by=request.user)
        return self.form_valid(form) if is_valid and not form.errors else self.form_invalid(form)

    def form_valid(self, form):
        chosen = {name: form.cleaned_data[name] for name in ("level", "since", "remark")}
        try:
            changed = actions.change_level(self.membership, by=self.request.user, document=form.document, **chosen)
        except Refusal as refusal:
            form.add_error(self.AT_FIELD.get(refusal.code), str(refusal))
            return self.form_invalid(form)
        words = {"unit": changed.unit, "line": changed.standing_line}
        messages.success(self.request, _("%(unit)s is now: %(line)s.") % words)
        return redirect(self.get_success_url())


class MoveView(StandingView):
    """A decision that needs a reason and nothing else; the page says what follows from it."""

    template_name = "units/staff/standing/move.html"
    form_class = ReasonForm
    verb = ""
    done = ""
    is_serious = True

    def is_possible(self):
        return MembershipState(self.membership.state) in MOVES[self.verb][0]

    def consequences(self):
        """What happens to this membership, in sentences."""
        raise NotImplementedError

    def get_context_data(self, **kwargs):
        return super().get_context_data(consequences=self.consequences(), is_serious=self.is_serious, **kwargs)

    def form_valid(self, form):
        try:
            getattr(actions, self.verb)(self.membership, by=self.request.user, remark=form.cleaned_data["remark"])
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.done % {"membership": self.membership})
        return redirect(self.get_success_url())


class SuspendView(MoveView):
    title = gettext_lazy("Suspend membership")
    verb = "suspend"
    done = gettext_lazy("%(membership)s has been suspended.")

    def consequences(self):
        if self.membership.is_certification:
            said = [
                _("The unit gets no notices of the association, and messages and dues are closed to it in the portal."),
                _("Its memberships of branches stay as they are, but their notices do not reach it either."),
            ]
        else:
            said = [_("Notices to this branch do not reach the unit; its other memberships stay as they are.")]
        return [
            *said,
            _("Level and member number stay, and the membership can be resumed at any time."),
            _("The administrator of the unit is told by text message."),
        ]


class ResumeView(MoveView):
    title = gettext_lazy("Resume membership")
    verb = "resume"
    done = gettext_lazy("%(membership)s has been resumed.")
    is_serious = False

    def consequences(self):
        said = [_("The membership stands again with the level that it had.")]
        if self.membership.is_certification:
            said.append(_("Notices that are still open are delivered to the unit now."))
        return [*said, _("The administrator of the unit is told by text message.")]


class LeaveView(MoveView):
    title = gettext_lazy("End membership")
    verb = "leave"
    done = gettext_lazy("%(membership)s has ended.")

    def consequences(self):
        said = [_("The level ends today. What has been on record so far is kept.")]
        if self.membership.is_certification:
            branches = Membership.objects.filter(
                unit=self.membership.unit_id, body__kind=BodyKind.BRANCH, state__in=STANDING
            ).select_related("body")
            names = "、".join(branch.body.name for branch in branches.order_by("body__sort_order"))
            if names:
                said.append(_("The unit leaves these branches too: %(names)s.") % {"names": names})
            said.append(_("The unit gets no notices any more, and messages and dues are closed to it in the portal."))
        else:
            said.append(_("Notices to this branch do not reach the unit any more; its other memberships stay."))
        return [
            *said,
            _("Requests that still wait for a decision are void."),
            _("This cannot be undone."),
            _("The administrator of the unit is told by text message."),
        ]


urlpatterns = [
    path("<int:pk>/level/", ChangeLevelView.as_view(), name="membership_level"),
    path("<int:pk>/suspend/", SuspendView.as_view(), name="membership_suspend"),
    path("<int:pk>/resume/", ResumeView.as_view(), name="membership_resume"),
    path("<int:pk>/leave/", LeaveView.as_view(), name="membership_leave"),
]
