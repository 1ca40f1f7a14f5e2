"""提醒规则: when units are reminded by themselves, and whom the rules would reach now."""

from django.core.exceptions import PermissionDenied
from django.template.defaultfilters import yesno
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView

from membership.messaging.texts import compose
from membership.tracking import actions
from membership.tracking.actions.reminders import occasion_of, text_for
from membership.tracking.models import ReminderRule, ReminderSettings

SHOWN = 30


class RulesAreKept(PermissionHelper):
    """Shown to those who may change them."""

    def user_can_list(self, user):
        return user.has_perm("tracking.change_reminderrule")


class RuleListView(IndexView):
    def get_page_title(self):
        return self.model_admin.get_menu_label()


class ReminderRuleAdmin(ModelAdmin):
    model = ReminderRule
    base_url_path = "reminder-rules"
    menu_label = gettext_lazy("Reminder rules")
    menu_icon = "history"
    add_to_admin_menu = False  # it stands in the menu of notices, a room above
    permission_helper_class = RulesAreKept
    index_view_class = RuleListView
    index_template_name = "tracking/staff/rules.html"
    history_view_enabled = False
    list_display = ("__str__", "active")
    ordering = ("event", "days")
    panels = [FieldRowPanel([FieldPanel("event"), FieldPanel("days")]), FieldPanel("is_active")]

    def active(self, rule):
        return yesno(rule.is_active)

    active.short_description = gettext_lazy("active")

    def register_indexing(self):
        """Rules refer to nothing; Wagtail's index of references need not follow them."""


class DryRunView(WagtailAdminTemplateMixin, TemplateView):
    """试运行: whom every active rule would remind now, and in which words. Nothing is sent."""

    template_name = "tracking/staff/dry_run.html"
    header_icon = "history"
    _show_breadcrumbs = True

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("tracking.change_reminderrule"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return _("Dry run")

    def get_breadcrumbs_items(self):
        rules = ReminderRuleAdmin().url_helper.index_url
        label = ReminderRuleAdmin.menu_label
        return [{"url": rules, "label": label}, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        now, settings = timezone.now(), ReminderSettings.current()
        rules = ReminderRule.objects.filter(is_active=True)
        return super().get_context_data(
            settings=settings,
            is_quiet=settings.is_quiet(now),
            rules=[due(rule, now) for rule in rules],
            **kwargs,
        )


def due(rule, now):
    """The rule, how many deliveries it is due for, and the first of them with the words that each would read."""
    deliveries = actions.due_by(rule, now)
    rows = actions.forecast(deliveries).select_related("unit", "notice", "category")
    rows = rows.defer("notice__body", "notice__search_text").order_by("notice", "unit__name", "pk")
    return {
        "rule": rule,
        "number": deliveries.count(),
        "rows": [(delivery, words(delivery, rule, now)) for delivery in rows[:SHOWN]],
    }


def words(delivery, rule, now):
    text, variables = text_for(delivery, occasion_of(rule), now)
    return compose(text, variables).text


urlpatterns = [path("dry-run/", DryRunView.as_view(), name="reminder_dry_run")]
