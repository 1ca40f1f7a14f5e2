"""分会入会资料填报: contact and the branch's own questions (guide 一.(三)); the request to leave a body."""

from django import forms
from django.utils.translation import gettext_lazy as _

from membership.fields import LineField, TextField
from membership.units.forms.fields import DigitsField, MailField, TelephoneField, as_id
from membership.units.forms.questions import answer_words, question_field
from membership.units.models import Document
from membership.units.profile import CONTACT
from membership.units.states import DocumentKind

QUESTION = "question_"
STALE = _("The page is out of date. Reload it and enter the data again.")


class BranchContactForm(forms.Form):
    """Whom the branch asks about the unit; the unit's own contact until something else is entered."""

    contact_department = LineField(label=_("Contact department"), required=False, max_length=50)
    contact_name = LineField(
        label=_("Contact person"), max_length=50, error_messages={"required": _("Enter the contact person.")}
    )
    contact_phone = TelephoneField(
        label=_("Contact phone"),
        max_length=30,
        error_messages={"required": _("Enter the contact phone.")},
    )
    qq = DigitsField(label="QQ", required=False, shortest=5, longest=12, words=_("A QQ number has 5 to 12 digits."))
    email = MailField(label=_("E-mail"), required=False)

    use_required_attribute = False

    @classmethod
    def of(cls, source, data=None, **kwargs):
        """The form with the contact of `source`: a membership, or the unit itself."""
        return cls(data, initial={name: getattr(source, name) for name in CONTACT}, **kwargs)

    def contact(self):
        """{column: value}, once the form is valid."""
        return {name: self.cleaned_data[name] for name in CONTACT}


class BranchApplicationForm(BranchContactForm):
    """What a branch asks of an applicant. `before` are the answers given so far, [{"label", "value"}].

    An answer to a question that the branch asks no longer stays with the application (`kept`). `round` is that of the
    application from which the page was made.
    """

    round = forms.IntegerField(
        min_value=0,
        max_value=2**15,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], STALE),
    )

    def __init__(self, data=None, *, questions=(), before=(), **kwargs):
        super().__init__(data, **kwargs)
        given = {answer["label"]: answer["value"] for answer in before}
        self.labels = {f"{QUESTION}{question.pk}": question.label for question in questions}
        self.kept = [answer for answer in before if answer["value"] and answer["label"] not in self.labels.values()]
        for question in questions:
            self.fields[f"{QUESTION}{question.pk}"] = question_field(question, given.get(question.label))

    @property
    def answers_asked(self):
        """The fields of the questions, in the branch's order."""
        return [self[name] for name in self.labels]

    def answers(self):
        """[{"label", "value"}] in words, once the form is valid."""
        asked = [
            {"label": label, "value": answer_words(self.fields[name], self.cleaned_data[name])}
            for name, label in self.labels.items()
        ]
        return asked + self.kept

    def says_what(self, membership):
        """Whether the membership has exactly these data already, as when the button was pressed twice."""
        contact = {name: getattr(membership, name) for name in CONTACT}
        return self.contact() == contact and self.answers() == membership.answers


class LeaveForm(forms.Form):
    """申请退出: why, and perhaps a stamped application; `kept` is the file that this try or one before has stored."""

    remark = TextField(
        label=_("Reason for leaving"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why the unit wants to leave.")},
    )
    document = forms.CharField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(label=_("Application to leave"), required=False, allow_empty_file=True)

    use_required_attribute = False

    def __init__(self, *args, unit, **kwargs):
        super().__init__(*args, **kwargs)
        self.unit, self.kept = unit, None

    def clean_document(self):
        """Find the file that an earlier try has left; anybody else's is none."""
        key = as_id(self.cleaned_data["document"])
        if key:
            own = Document.objects.filter(unit=self.unit, kind=DocumentKind.LEAVE_APPLICATION)
            self.kept = own.filter(pk=key).first()
        return self.kept
