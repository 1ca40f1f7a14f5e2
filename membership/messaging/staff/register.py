"""The record of messages (短信记录) with what did not arrive, and the wording of texts."""

from datetime import timedelta

from django.contrib.admin import SimpleListFilter
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import EditView, InspectView

from membership.audit.logs import mask
from membership.audit.registers import ReadOnly, RegisterHistory, RegisterView
from membership.messaging import actions, permissions, texts
from membership.messaging.forms import MessageTextForm
from membership.messaging.models import MessageText, OutboundMessage
from membership.messaging.states import MOVES, MessageState

TAGS = {
    MessageState.FAILED: "error",
    MessageState.UNKNOWN: "warning",
    MessageState.EXPIRED: "warning",
}


def masked(recipient):
    """The number as staff see it: without the country code that all have, and without its middle."""
    return mask(recipient.removeprefix("+86"))


class MessagesAreSeen(ReadOnly):
    """Whoever may see messages; they are settled by verbs, never edited."""

    def user_can_list(self, user):
        return permissions.may_see(user)


class TextsAreWorded(ReadOnly):
    """Texts are there from the start; administrators change their wording."""

    def user_can_list(self, user):
        return permissions.may_edit_texts(user)

    def user_can_edit_obj(self, user, obj):
        return self.user_can_list(user)


class ByText(SimpleListFilter):
    """Which text it was, by the name that the office knows."""

    title = _("text")
    parameter_name = "template"

    def lookups(self, request, model_admin):
        return [(key, texts.label(key)) for key in texts.TEXTS]

    def queryset(self, request, queryset):
        return queryset.filter(template=self.value()) if self.value() else queryset


class ByDay(SimpleListFilter):
    """When it was written down, in the calendar of the association."""

    title = _("day")
    parameter_name = "day"

    def lookups(self, request, model_admin):
        return [("0", _("Today")), ("1", _("Yesterday")), ("week", _("Last 7 days")), ("month", _("Last 30 days"))]

    def queryset(self, request, queryset):
        first, last = {"0": (0, 0), "1": (1, 1), "week": (6, 0), "month": (29, 0)}.get(self.value(), (None, None))
        if first is None:
            return queryset
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        since, until = midnight - timedelta(days=first), midnight + timedelta(days=1 - last)
        return queryset.filter(created_at__gte=since, created_at__lt=until)


class MessageView(InspectView):
    """One message and what may be done with it now."""

    page_title = _("Message")

    def get_page_subtitle(self):
        return f"{texts.label(self.instance.template)} #{self.instance.pk}"

    def get_context_data(self, **kwargs):
        message, state = self.instance, MessageState(self.instance.state)
        may_settle = permissions.may_settle(self.request.user)
        return super().get_context_data(
            can_send_again=may_settle and state in MOVES["send_again"][0] and actions.can_be_repeated(message),
            can_settle=may_settle and state in MOVES["confirm_arrival"][0],
            tag=self.model_admin.outcome(message),
            facts=self._facts(message),
            **kwargs,
        )

    def _facts(self, message):
        successor = OutboundMessage.objects.filter(repeats=message).first()
        return [
            (_("text"), texts.label(message.template)),
            (_("channel"), message.get_channel_display()),
            (_("recipient"), masked(message.recipient)),
            (_("error"), message.error),
            (_("reference of the provider"), message.reference),
            (_("caused by"), message.caused_by),
            (_("created"), message.created_at),
            (_("handed over"), message.claimed_at),
            (_("sent"), message.sent_at),
            (_("sent again for"), message.repeats and f"#{message.repeats_id}"),
            (_("sent again as"), successor and f"#{successor.pk}"),
        ]


class MessageAdmin(ModelAdmin):
    model = OutboundMessage
    base_url_path = "outgoing-messages"
    menu_label = _("Text message records")
    menu_icon = "mail"
    menu_order = 240
    add_to_settings_menu = True
    permission_helper_class = MessagesAreSeen
    index_view_class = RegisterView
    inspect_view_enabled = True
    inspect_view_class = MessageView
    index_view_extra_css = ["messaging/messages.css"]
    inspect_view_extra_css = ["units/register.css", "messaging/messages.css"]
    inspect_view_fields = ["state"]
    history_view_enabled = False
    list_display = ["said", "to", "outcome", "error", "created_at", "sent_at"]
    list_filter = ["state", ByText, ByDay]
    list_per_page = 50
    ordering = ["-pk"]
    empty_value_display = "--"

    def get_queryset(self, request):
        return OutboundMessage.objects.for_user(request.user).order_by(*self.ordering)

    def get_extra_class_names_for_field_col(self, obj, field_name):
        return ["message-number"] if field_name == "to" else []

    def get_extra_attrs_for_row(self, obj, context):
        return {"data-outcome": obj.state} if obj.state in TAGS else {}

    def said(self, message):
        return texts.label(message.template)

    said.short_description = _("text")

    def to(self, message):
        return masked(message.recipient)

    to.short_description = _("recipient")

    def outcome(self, message):
        """The state; marked when a person has to look."""
        look = TAGS.get(message.state)
        return format_html(
            '<span class="w-status{}">{}</span>',
            f" message-{look}" if look else "",
            message.get_state_display(),
        )

    outcome.short_description = _("state")
    outcome.admin_order_field = "state"

    def register_indexing(self):
        """Records of the machine are in no index of references."""


class TextView(EditView):
    """The wording of one text, with what it looks like on a telephone."""

    page_title = _("Text of messages")

    def get_page_subtitle(self):
        return texts.label(self.instance.key)

    def form_valid(self, form):
        wording, code = form.cleaned_data["text"], form.cleaned_data["template_code"]
        actions.save_text(self.instance, by=self.request.user, wording=wording, template_code=code)
        messages.success(self.request, gettext("The text has been saved. It is used within half a minute."))
        return redirect(self.edit_url)

    def get_context_data(self, **kwargs):
        stored = MessageText.objects.get(pk=self.instance.pk)
        key, example = stored.key, texts.sample(stored.text)
        names = sorted(texts.placeholders(texts.TEXTS.get(key, stored.text)))
        return super().get_context_data(
            example=example,
            length=texts.sms_length(example),
            most=texts.SMS_MAX,
            variables=[(f"{{{name}}}", texts.VARIABLES[name][0]) for name in names],
            default=texts.TEXTS.get(key, ""),
            **kwargs,
        )


class TextAdmin(ModelAdmin):
    model = MessageText
    base_url_path = "message-texts"
    menu_label = _("Texts of messages")
    menu_icon = "edit"
    menu_order = 250
    add_to_settings_menu = True
    permission_helper_class = TextsAreWorded
    index_view_class = RegisterView
    edit_view_class = TextView
    history_view_class = RegisterHistory
    list_display = ["name", "text", "template_code", "updated_at"]
    ordering = ["pk"]
    empty_value_display = "--"
    edit_handler = ObjectList([FieldPanel("text"), FieldPanel("template_code")], base_form_class=MessageTextForm)

    def get_queryset(self, request):
        """Texts that are gone from the code are said no more."""
        return MessageText.objects.filter(key__in=texts.TEXTS).order_by(*self.ordering)

    def name(self, text):
        return texts.label(text.key)

    name.short_description = _("text")

    def register_indexing(self):
        """As for messages."""


def settle(request, pk, verb):
    """Buttons of the page of one message: send it again, or say what became of it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    permissions.require(permissions.may_see(request.user))
    message = get_object_or_404(OutboundMessage.objects.for_user(request.user), pk=pk)
    if verb == "send-again":
        actions.send_again(message, by=request.user)
        messages.success(request, gettext("The message is sent again."))
    else:
        actions.settle_unknown(message, by=request.user, has_arrived=verb == "arrived")
        messages.success(request, gettext("What became of the message has been noted."))
    return redirect(MessageAdmin().url_helper.index_url)
