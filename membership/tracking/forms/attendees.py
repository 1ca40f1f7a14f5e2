"""The table of attendees: whom a unit sends to a meeting, with what the notice asks about each of them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from membership.accounts.forms import MobileField
from membership.accounts.phones import national
from membership.fields import LineField
from membership.tracking.states import Accommodation, AttendeeColumn, Gender

MAX_ATTENDEES = 50
MAX_ROWS_SHOWN = 200  # more rows than allowed come back with the words that say so, but not without end
ROWS = "attendees"
ALWAYS_ASKED = ("name", "position", "mobile")
BLANK = ("", "--")


class AttendeeForm(forms.Form):
    """One person whom the unit sends (guide 二.(二).2)."""

    name = LineField(
        label=_("Full name"), max_length=50, error_messages={"required": _("Enter the name of the attendee.")}
    )
    gender = forms.ChoiceField(label=_("Gender"), required=False, choices=[BLANK, *Gender.choices])
    position = LineField(
        label=_("Position"), max_length=50, error_messages={"required": _("Enter the position of the attendee.")}
    )
    mobile = MobileField(error_messages={"required": _("Enter the mobile number of the attendee.")})
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Enter a complete e-mail address, such as name@example.com.")},
    )
    accommodation = forms.ChoiceField(label=_("Accommodation"), required=False, choices=[BLANK, *Accommodation.choices])
    remark = LineField(label=_("Remark"), required=False, max_length=200)

    def __init__(self, *args, columns, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(AttendeeColumn.values) - set(columns):
            del self.fields[name]
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @property
    def cells(self):
        """The fields of the table in its order."""
        return [self[name] for name in self.base_fields if name in self.fields]


class AttendeeRows(forms.BaseFormSet):
    """The table of attendees: blank rows are passed over wherever they stand, but not all may be blank."""

    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "too_few_forms": _("Enter at least one attendee."),
        "too_many_forms": _("At most %(num)d attendees can be entered."),
    }

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "empty_permitted": True, "use_required_attribute": False}

    @property
    def persons(self):
        """Attendee's fields of every filled row, once the formset is valid."""
        return [{cell.name: row.cleaned_data[cell.name] for cell in row.cells} for row in self if row.has_changed()]

    def forget_errors(self):
        """Show what was typed without judging it."""
        self.non_form_errors().clear()
        for row in self:
            row.errors.clear()


def attendee_rows(notice, data, receipt):
    """The table as this notice asks for it: what was posted, or else the persons of `receipt`."""
    most = min(notice.max_attendees or MAX_ATTENDEES, MAX_ATTENDEES)
    formset = forms.formset_factory(
        AttendeeForm,
        formset=AttendeeRows,
        extra=0,
        min_num=1,
        max_num=most,
        absolute_max=MAX_ROWS_SHOWN,
        validate_min=True,
        validate_max=True,
        can_delete=True,
    )
    columns = {"columns": notice.attendee_columns}
    return formset(data, prefix=ROWS, initial=_persons(receipt), form_kwargs=columns)


def asked_about(notice):
    """The columns of the table, in its order."""
    asked = {*ALWAYS_ASKED, *notice.attendee_columns}
    return [name for name in AttendeeForm.base_fields if name in asked]


def with_rows_numbered(data, more=0):
    """The posted data, its rows of attendees numbered afresh without those ticked for deletion, `more` at the end."""
    total = _count(data.get(f"{ROWS}-TOTAL_FORMS"))
    rows = [number for number in range(total) if not data.get(f"{ROWS}-{number}-DELETE")]
    fresh = {name: data.get(name) for name in data if not str(name).startswith(f"{ROWS}-")}
    for number, old in enumerate(rows):
        for name in AttendeeForm.base_fields:
            fresh[f"{ROWS}-{number}-{name}"] = data.get(f"{ROWS}-{old}-{name}", "")
    return fresh | {f"{ROWS}-TOTAL_FORMS": max(len(rows) + more, 1), f"{ROWS}-INITIAL_FORMS": 0}


def _count(text):
    text = str(text or "")
    return min(int(text), MAX_ROWS_SHOWN) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _persons(receipt):
    persons = receipt.attendees.all() if receipt else ()
    rows = [{name: getattr(person, name) for name in AttendeeForm.base_fields} for person in persons]
    return [row | {"mobile": national(row["mobile"]) or row["mobile"]} for row in rows]
