"""单位信息: registering a unit, its profile as a draft, handing it in, and what becomes of it."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from ninja.responses import Status
from pydantic import ConfigDict

from membership.exceptions import Refusal
from membership.units import actions
from membership.units.forms import RegisterUnitForm
from membership.units.forms.profile import ContactForm, fit_to_keep
from membership.units.forms.qualifications import MAX_ROWS_SHOWN, ROWS, Catalogue
from membership.units.profile import AT_ONCE, profile_of
from membership.units.regions import Province
from membership.units.states import MembershipState, ReviewState, UnitType
from portal.api.access import MEMBER, PERSON
from portal.api.problems import ProblemError, answers
from portal.api.unit_profile import (
    CERTIFICATE_EXAMPLE,
    FACTS_EXAMPLE,
    PAPERS_EXAMPLE,
    Certificate,
    Draft,
    Facts,
    Papers,
    Profile,
    Remark,
    Requirement,
    Review,
    UnitOnFile,
    faults,
    not_now,
)
from portal.shell import Shell
from portal.unit_file import VERBS, UnitFile

router = Router(tags=["unit"], auth=MEMBER)

LAST_VERSION = 2**31 - 2
Text = Annotated[str, Field(max_length=5000)]


class NewUnit(Schema):
    """Who the unit is and whom to ask; the rest of the profile follows."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    name: FACTS_EXAMPLE[name]
                    for name in (
                        "name",
                        "uscc",
                        "unit_type",
                        "province",
                        "legal_representative",
                        "contact_name",
                        "contact_phone",
                    )
                }
            ]
        },
    )

    name: Text
    uscc: Text
    unit_type: Text
    province: Text
    legal_representative: Text
    contact_name: Text
    contact_phone: Text


class DraftChange(Schema):
    """What was typed since: facts and papers left out stay, the list of certificates is replaced as a whole."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "version": 1,
                    "facts": {"address": "示范路 2 号"},
                    "documents": {"business_license": PAPERS_EXAMPLE["business_license"]},
                    "qualifications": [CERTIFICATE_EXAMPLE],
                }
            ]
        },
    )

    version: int = Field(ge=0, le=LAST_VERSION, description="`draft.version` as the person saw it.")
    facts: Facts = Field(default_factory=Facts)
    documents: Papers = Field(default_factory=Papers)
    qualifications: list[Certificate] | None = Field(None, max_length=MAX_ROWS_SHOWN)


class HandIn(Schema):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 3}]})

    version: int = Field(ge=0, le=LAST_VERSION, description="`draft.version` as the person has checked it.")


class Contact(Schema):
    """What changes at once; left out, it stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"contact_name": "李四", "contact_phone": "13811138111"}]}
    )

    contact_department: Text | None = None
    contact_name: Text | None = None
    contact_phone: Text | None = None
    qq: Text | None = None
    email: Text | None = None
    address: Text | None = None
    postcode: Text | None = None
    telephone: Text | None = None
    website: Text | None = None
    staff_count: Text | None = None
    introduction: Text | None = None


class Option(Schema):
    value: str
    label: str


class QualificationCategory(Schema):
    id: int
    group: str
    name: str
    grades: list[str] = Field(description="One of them must be named; none where it is empty.")


class Choices(Schema):
    """What the profile chooses from."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit_types": [{"value": "testing", "label": "检测"}],
                    "provinces": [{"value": "51", "label": "四川省"}],
                    "categories": [{"id": 12, "group": "施工总承包", "name": "建筑工程", "grades": ["一级", "二级"]}],
                }
            ]
        }
    )

    unit_types: list[Option]
    provinces: list[Option]
    categories: list[QualificationCategory] = Field(description="Of qualification certificates.")


@router.post(
    "/unit",
    auth=PERSON,
    response={201: UnitOnFile, **answers(409, 413, 415, 422)},
    operation_id="register_unit",
    summary="Register the unit",
)
def register_unit(request, unit: NewUnit):
    """For a person who acts for no unit yet, and is its administrator from then on.

    409 `uscc_taken` says that the unit is registered already: its administrator can invite this person.
    """
    form = RegisterUnitForm(unit.model_dump())
    if not form.is_valid():
        raise invalid(form)
    actions.register_unit(by=request.user, **form.cleaned_data)
    return Status(201, _fresh(request))


@router.get("/unit", response={200: UnitOnFile, **answers()}, operation_id="unit", summary="Profile of the unit")
def unit(request):
    """What is on file, the draft, what handing it in still lacks, and the reviewer's remarks."""
    return _told(UnitFile(request.auth), request.auth)


@router.get(
    "/unit/choices", response={200: Choices, **answers()}, operation_id="choices", summary="What to choose from"
)
def choices(request):
    """Types of units, provinces, and the categories of qualification certificates with their grades."""
    return Choices(
        unit_types=[Option(value=value, label=str(label)) for value, label in UnitType.choices],
        provinces=[Option(value=value, label=str(label)) for value, label in Province.choices],
        categories=[
            QualificationCategory(id=each.pk, group=each.group, name=each.name, grades=each.grade_list)
            for each in Catalogue().categories
        ],
    )


@router.patch(
    "/unit/draft",
    response={200: UnitOnFile, **answers(409, 413, 415, 422)},
    operation_id="save_draft",
    summary="Keep what was typed",
)
def save_draft(request, change: DraftChange):
    """Nothing is judged: `to_do` says what handing in would complain about.

    409 `stale` when a colleague has saved meanwhile: nothing is overwritten. A certified unit drafts a change of what
    is reviewed; its contact data change at once by `PATCH /unit/contact`.
    """
    file = _editable(request)
    if file.is_change:
        at_once = [name for name in AT_ONCE if name in change.facts.model_fields_set]
        if at_once:
            message = _("This is changed at once, without a review: among the contact data.")
            raise ProblemError("invalid", errors=[(f"facts.{name}", message) for name in at_once])
    before = file.entries
    entries = {
        "facts": before["facts"] | change.facts.entries(),
        "documents": before["documents"] | change.documents.entries(),
        ROWS: before[ROWS] if change.qualifications is None else [row.entries() for row in change.qualifications],
    }
    actions.save_draft(file.unit, by=request.user, version=change.version, values=fit_to_keep(entries))
    return _fresh(request)


@router.post(
    "/unit/submit",
    response={200: UnitOnFile, **answers(409, 413, 415, 422)},
    operation_id="submit_unit",
    summary="Hand the profile in for review",
)
def submit_unit(request, handed: HandIn):
    """`hands_in` says what it does: apply, revise what waits, or propose a change of certified facts."""
    file = _editable(request)
    if handed.version != file.version:
        raise Refusal(_("The profile has been changed since you opened this page. Check it again."), code="stale")
    form = file.form(judge=True)
    if not form.is_valid():
        raise ProblemError("invalid", errors=[(path, words) for path, _label, words in faults(form)])
    try:
        file.hand_in(form.profile())
    except ValidationError as gone:
        raise Refusal(gone.messages[0], code="document_gone") from gone
    return _fresh(request)


@router.post(
    "/unit/withdraw",
    response={200: UnitOnFile, **answers(409)},
    operation_id="withdraw_unit",
    summary="Take the application back",
)
def withdraw_unit(request):
    """Until a reviewer has opened it (`may_withdraw`); afterwards its data can only be changed."""
    actions.withdraw(UnitFile(request.auth).certification, by=request.user)
    return _fresh(request)


@router.post(
    "/unit/change/withdraw",
    response={200: UnitOnFile, **answers(404, 409)},
    operation_id="withdraw_change",
    summary="Take a proposed change back",
)
def withdraw_change(request):
    """The certified facts stay as they are. 404 where no change was ever proposed."""
    change = UnitFile(request.auth).change
    if change is None:
        raise ProblemError("not_found")
    actions.withdraw_request(change, by=request.user)
    return _fresh(request)


@router.patch(
    "/unit/contact",
    response={200: UnitOnFile, **answers(409, 413, 415, 422)},
    operation_id="update_contact",
    summary="Change the contact data",
)
def update_contact(request, contact: Contact):
    """For a certified unit, at once and without a review. Before, they are part of the draft."""
    file = UnitFile(request.auth)
    if not file.is_change:
        raise Refusal(not_now(request.auth), code="wrong_state")
    form = ContactForm.of(file.unit)
    sent = {name: value for name, value in contact.model_dump(exclude_unset=True).items() if value is not None}
    form = ContactForm(form.initial | sent)
    if not form.is_valid():
        raise invalid(form)
    actions.update_contact(file.unit, by=request.user, **form.facts())
    return _fresh(request)


def invalid(form, names=None):
    """The problem that tells the errors of a form; `names` is how the API calls a field, where that differs."""
    names = {"__all__": ""} | (names or {})
    errors = [(names.get(name, name), message) for name, messages in form.errors.items() for message in messages]
    return ProblemError("invalid", errors=errors)


def _editable(request):
    file = UnitFile(request.auth)
    if not file.may_edit:
        raise Refusal(not_now(request.auth), code="wrong_state")
    return file


def _fresh(request):
    """The unit as it stands now, after a verb."""
    del request.shell
    shell = Shell.of(request)
    return _told(UnitFile(shell), shell)


def _told(file, shell):
    """The whole of it. The form is judged only while the unit can hand it in."""
    on_file = profile_of(file.unit)
    entries = file.entries if file.may_edit else None
    form = file.form(entries, judge=True) if entries else None
    if form:
        form.is_valid()
    rows = entries[ROWS] if entries else on_file[ROWS]
    waits = file.state == MembershipState.PENDING and file.application and file.application.state == ReviewState.OPEN
    return UnitOnFile(
        name=file.unit.name,
        uscc=file.unit.uscc,
        state=file.state.value,
        state_label=str(file.state.label),
        missing=str(shell.missing),
        remark=shell.remark,
        hands_in=VERBS.get(file.state, ""),
        may_withdraw=bool(waits and file.application.opened_at is None),
        on_file=Profile(**Profile.parts(on_file)),
        draft=_draft(file, entries) if entries else None,
        requirements=_requirements(form, on_file),
        to_do=[Remark(field=path, label=label, words=str(words)) for path, label, words in faults(form)]
        if form
        else [],
        application=Review.of(file.application, rows) if file.application else None,
        change=Review.of(file.change, rows) if file.change else None,
    )


def _draft(file, entries):
    saved = file.draft
    return Draft(
        **Profile.parts(entries),
        version=file.version,
        saved_at=saved.saved_at if saved else None,
        saved_by=str(saved.saved_by) if saved else "",
    )


def _requirements(form, on_file):
    if form is None:
        return Requirement.all_of(on_file)
    return [Requirement.of(rule) for rule in form.needs.values()]
