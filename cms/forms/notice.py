"""The editor's form of a notice: what it asks of units, to whom it goes, and what may no longer be changed."""

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.pages import CopyForm, WagtailAdminPageForm

from cms import readiness, tree
from cms.forms.audience import AudienceFields, as_choices, merged
from cms.models import LOCKED_BY_RECEIPTS, AgendaItem, NoticeCategory, own_options
from membership.tracking.states import AttendeeColumn, Majority, Quorum, ReceiptKind

OPTION_MAX = 50  # characters kept of an option with the opinion that chose it


class NoticePageForm(AudienceFields, WagtailAdminPageForm):
    """A draft may be incomplete; publishing and handing in for approval ask for everything (`cms.readiness`)."""

    attendee_columns = forms.MultipleChoiceField(
        label=gettext_lazy("Asked about attendees"),
        choices=AttendeeColumn.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Name, position and mobile number are always asked."),
    )
    quorum = forms.ChoiceField(
        label=gettext_lazy("Units that must answer"),
        choices=[("", gettext_lazy("No minimum")), *Quorum.choices],
        required=False,
    )
    majority = forms.ChoiceField(
        label=gettext_lazy("Majority"),
        choices=[("", gettext_lazy("Opinions are only counted")), *Majority.choices],
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.update(as_choices(self.instance.audience_rules.all()))
        if self.instance.category_id is None:
            self.initial["category"] = NoticeCategory.objects.first()
        if not self.was_delivered:
            del self.fields["correction"]
        if self.is_locked:
            self._show_locks()

    @cached_property
    def is_locked(self):
        """Whether a unit has answered, so that what it was asked stays as it is."""
        return self.instance.has_receipts

    @cached_property
    def was_delivered(self):
        """Whether units have the notice, or had it before it was recalled."""
        return bool(self.instance.pk) and self.instance.deliveries.exists()

    @property
    def needs_secret_ballot(self):
        """Whether a matter, as sent or as kept, is one for a secret ballot."""
        matters = self.formsets["agenda_items"].forms
        return readiness.needs_secret_ballot(str(form["title"].value() or "") for form in matters)

    @cached_property
    def members_only(self):
        return tree.is_members_only(self.parent_page) if self.parent_page else self.instance.is_members_only

    def _show_locks(self):
        for name in LOCKED_BY_RECEIPTS:
            field = self.fields[name]
            field.help_text = self._locked_words(name)
            # A disabled control sends nothing; a form opened before the first answer still sends its old choice.
            field.disabled = self.add_prefix(name) not in self.data
        matters = self.formsets["agenda_items"]
        matters.max_num = matters.initial_form_count()
        for form in matters.forms:
            for name in ("title", "options"):
                form.fields[name].widget.attrs["readonly"] = True

    @staticmethod
    def _locked_words(name):
        if name == "receipt_kind":
            return _("A unit has already answered: the kind of receipt stays as it is.")
        return _("A unit has already answered: what is asked and how it is decided stay as they are.")

    def _post_clean(self):
        super()._post_clean()
        self._check_options()
        if self.is_locked:
            self._refuse_locked_changes()
        if not self.is_deferred_validation and self.instance.category_id:
            self._refuse_to_publish_unready()

    def _check_options(self):
        """Own options are at least two different ones, each short enough to be kept with an opinion."""
        for form in self.formsets["agenda_items"].forms:
            own = own_options(form.cleaned_data.get("options") or "") if form.is_valid() else []
            if own and len(set(own)) < len(own) or len(own) == 1:
                form.add_error("options", _("Name at least two different options, separated by “、”."))
            elif any(len(option) > OPTION_MAX for option in own):
                form.add_error("options", _("An option has at most 50 characters."))

    def _refuse_locked_changes(self):
        for name in LOCKED_BY_RECEIPTS:
            if name in self.changed_data:
                self.add_error(name, self._locked_words(name))
        kept = AgendaItem.objects.filter(page_id=self.instance.pk).values_list("title", "options")
        if sorted(kept) != sorted(self._matters()):
            self._add_matters_error(_("A unit has already answered: the matters stay as they are."))

    def _refuse_to_publish_unready(self):
        found = readiness.obstacles(
            self.instance,
            rules=self.chosen_rules(),
            items=self._matters(),
            members_only=self.members_only,
            now=timezone.now(),
        )
        for field, sentence in found.items():
            if field == "agenda_items":
                self._add_matters_error(sentence)
            elif field not in self.errors:
                place = "to_all" if field == "audience" else field
                self.add_error(place if place in self.fields else None, sentence)

    def _matters(self):
        """(title, options) of the agenda items as sent, without those that are to be deleted."""
        formset = self.formsets["agenda_items"]
        kept = (form for form in formset.forms if form not in formset.deleted_forms and form.is_valid())
        found = (form.cleaned_data for form in kept if form.cleaned_data.get("title"))
        return [(values["title"], values["options"]) for values in found]

    def _add_matters_error(self, sentence):
        self.formsets["agenda_items"].non_form_errors().append(sentence)

    def save(self, commit=True):
        if not self.was_delivered:
            self.instance.correction = ""  # a copy's draft brings that of its original
        if self.instance.receipt_kind == ReceiptKind.ACKNOWLEDGEMENT:
            self.instance.upload_required = False  # there is nothing to upload, and the form does not ask
        self.instance.audience_rules = merged(self.instance.audience_rules.all(), self.chosen_rules())
        return super().save(commit=commit)


class ActivityPageForm(NoticePageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.category_id is None:
            self.initial["category"] = NoticeCategory.objects.filter(slug="activity").first()

    def clean(self):
        cleaned = super().clean()
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends < starts:
            self.add_error("ends_at", _("The activity ends before it starts."))
        return cleaned


class NoticeCopyForm(CopyForm):
    """A copied notice starts as a draft: what goes to units is looked at first, and an alias would go out twice."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("publish_copies", None)
        self.fields.pop("alias", None)

    def clean_new_parent_page(self):
        parent = self.cleaned_data["new_parent_page"]
        if tree.would_get_out(self.page, parent):
            self.add_error(
                "new_parent_page", _("A notice to members cannot be copied to a place that everybody may read.")
            )
        return parent
