"""The editor's form of a notice: what it asks of units, to whom it goes, and what may no longer be changed."""

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.forms.pages import CopyForm, WagtailAdminPageForm

from cms import readiness, tree
from cms.forms.audience import AudienceFields, as_choices, merged
from cms.models import AgendaItem, NoticeCategory


class NoticePageForm(AudienceFields, WagtailAdminPageForm):
    """A draft may be incomplete; publishing and handing in for approval ask for everything (`cms.readiness`)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.update(as_choices(self.instance.audience_rules.all()))
        if self.instance.category_id is None:
            self.initial["category"] = NoticeCategory.objects.first()
        if self.is_locked:
            self._show_locks()

    @cached_property
    def is_locked(self):
        """Whether a unit has answered, so that kind of receipt and matters stay as they are."""
        return self.instance.has_receipts

    @cached_property
    def members_only(self):
        return tree.is_members_only(self.parent_page) if self.parent_page else self.instance.is_members_only

    def _show_locks(self):
        kind = self.fields["receipt_kind"]
        kind.help_text = _("A unit has already answered: the kind of receipt stays as it is.")
        # A disabled control sends nothing; a form opened before the first answer still sends its old choice.
        kind.disabled = self.add_prefix("receipt_kind") not in self.data
        matters = self.formsets["agenda_items"]
        matters.max_num = matters.initial_form_count()
        for form in matters.forms:
            form.fields["title"].widget.attrs["readonly"] = True

    def _post_clean(self):
        super()._post_clean()
        if self.is_locked:
            self._refuse_locked_changes()
        if not self.is_deferred_validation and self.instance.category_id:
            self._refuse_to_publish_unready()

    def _refuse_locked_changes(self):
        if "receipt_kind" in self.changed_data:
            self.add_error("receipt_kind", _("A unit has already answered: the kind of receipt stays as it is."))
        kept = AgendaItem.objects.filter(page_id=self.instance.pk).values_list("title", flat=True)
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
                self.add_error("to_all" if field == "audience" else field, sentence)

    def _matters(self):
        """Titles of the agenda items as sent, without those that are to be deleted."""
        formset = self.formsets["agenda_items"]
        kept = (form for form in formset.forms if form not in formset.deleted_forms and form.is_valid())
        return [form.cleaned_data["title"] for form in kept if form.cleaned_data.get("title")]

    def _add_matters_error(self, sentence):
        self.formsets["agenda_items"].non_form_errors().append(sentence)

    def save(self, commit=True):
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
