"""会费提醒规则: when units are reminded of dues by themselves, and whom the rules would reach now."""

from itertools import islice

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

from membership.audit.registers import cell_label
from membership.dues import permissions
from membership.dues.actions.reminders import due_by, is_quiet, number_due
from membership.dues.models import DuesReminderRule
from membership.messaging.texts import compose

SHOWN = 30


class RulesAreKept(PermissionHelper):
    """Shown to those who may change them."""

    def user_can_list(self, user):
        return permissions.may_keep_rules(user)


class RuleListView(IndexView):
    def get_page_title(self):
        return self.model_admin.get_menu_label()


class DuesRuleAdmin(ModelAdmin):
    model = DuesReminderRule
    base_url_path = "dues/reminder-rules"
    menu_label = gettext_lazy("Rules of reminding of dues")
    menu_icon = "history"
    add_to_admin_menu = False  # it stands in the menu 会费
    permission_helper_class = RulesAreKept
    index_view_class = RuleListView
    index_template_name = "dues/staff/rules.html"
    index_view_extra_css = ["dues/office.css"]
    history_view_enabled = False
    list_display = ("event", "days", "active")
    ordering = ("event", "days")
    panels = [FieldRowPanel([FieldPanel("event"), FieldPanel("days")]), FieldPanel("is_active")]

    def active(self, rule):
        return yesno(rule.is_active)

    active.short_description = gettext_lazy("active")

    def get_extra_attrs_for_field_col(self, obj, field_name):
        return cell_label(self, field_name)

    def register_indexing(self):
        """Rules refer to nothing; Wagtail's index of references need not follow them."""


class DryRunView(WagtailAdminTemplateMixin, TemplateView):
    """试运行: whom every active rule would remind now, and in which words. Nothing is sent."""

    template_name = "dues/staff/dry_run.html"
    header_icon = "history"
    _show_breadcrumbs = True

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_keep_rules(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return _("Dry run")

    def get_breadcrumbs_items(self):
        rules = DuesRuleAdmin().url_helper.index_url
        return [{"url": rules, "label": DuesRuleAdmin.menu_label}, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        now = timezone.now()
        rules = DuesReminderRule.objects.filter(is_active=True)
        return super().get_context_data(is_quiet=is_quiet(now), rules=[due(rule, now) for rule in rules], **kwargs)


def due(rule, now):
    """The rule, for how many units it is due, and the first of them with the words that each would read."""
    rows = islice(due_by(rule, now), SHOWN)
    return {
        "rule": rule,
        "number": number_due(rule, now),
        "rows": [(row, compose(row.text, row.variables).text) for row in rows],
    }


urlpatterns = [path("dry-run/", DryRunView.as_view(), name="dues_dry_run")]
