"""The association and its branches: what the unit is in each, applying to one, its contact there, leaving."""

from datetime import date

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, P, PathEx, Query, Router, Schema
from pydantic import ConfigDict, StrictBool, StrictStr

from membership.exceptions import Refusal
from membership.units import actions, permissions
from membership.units.forms.branches import QUESTION, BranchContactForm, LeaveForm
from membership.units.models import Body, Membership, Review
from membership.units.profile import CONTACT
from membership.units.states import STANDING, BodyKind, MembershipState, ReviewState, ReviewSubject
from portal.api.access import MEMBER
from portal.api.ids import LARGEST_ID
from portal.api.paging import Page, PageQuery, listed, paged
from portal.api.problems import ProblemError, answers
from portal.api.unit import Text, invalid
from portal.branch_file import (
    application_form,
    branch_or_404,
    branch_row,
    hand_in,
    is_repeated,
    leave_requests,
    marked,
)
from portal.branch_table import WITH_REMARK
from portal.shell import Shell

router = Router(tags=["bodies"], auth=MEMBER)

Slug = PathEx[str, P(description="`slug` of the body.", example="quality", max_length=50, pattern=r"^[-a-zA-Z0-9_]+$")]
ANSWERS_MAX = 200
ROW_EXAMPLE = {
    "slug": "quality",
    "name": "质量分会",
    "short_name": "质量分会",
    "kind": "branch",
    "is_open": True,
    "state": "active",
    "state_label": "已通过",
    "is_member": True,
    "level": "理事",
    "member_no": "",
    "since": "2026-11-26",
    "remark": "",
    "application": "",
    "obstacle": None,
    "may_leave": True,
    "is_leaving": False,
    "leaving_declined": "",
}
CONTACT_EXAMPLE = {
    "contact_department": "质量部",
    "contact_name": "李四",
    "contact_phone": "13811138111",
    "qq": "",
    "email": "",
}


class Obstacle(Schema):
    """Why something cannot be done now."""

    code: str
    sentence: str


class BodyRow(Schema):
    """One body and what the unit is in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROW_EXAMPLE]})

    slug: str
    name: str
    short_name: str
    kind: str = Field(json_schema_extra={"enum": BodyKind.values})
    is_open: bool = Field(description="The branch takes applications.")
    state: str | None = Field(description="State of the membership; null while the unit has not applied.")
    state_label: str
    is_member: bool
    level: str = Field(description="Empty without an application.")
    member_no: str
    since: date | None
    remark: str = Field(description="What the reviewer wrote, where the unit can still do something about it.")
    application: str = Field(description="What applying is called now; empty where it is out of the question.")
    obstacle: Obstacle | None = Field(description="Why the unit cannot apply now.")
    may_leave: bool = Field(description="This person may ask to leave.")
    is_leaving: bool = Field(description="A request to leave is under review.")
    leaving_declined: str

    @classmethod
    def facts(cls, row):
        """The fields, from a row of the table of branches."""
        body, membership, state = row.body, row.membership, row.state
        return {
            **{name: getattr(body, name) for name in ("slug", "name", "short_name", "kind", "is_open")},
            "state": str(row.code) if row.code else None,
            "state_label": str(state["label"]) if state else "",
            "is_member": row.is_member,
            "level": str(row.level),
            "member_no": membership.member_no if membership else "",
            "since": membership.since if row.is_member else None,
            "remark": row.remark,
            "application": str(row.apply_label),
            "obstacle": _obstacle(row.refusal) if row.apply_label else None,
            "may_leave": row.is_member and row.is_owner and row.leaving is None,
            "is_leaving": row.leaving is not None,
            "leaving_declined": row.leaving_declined,
        }

    @classmethod
    def of_association(cls, row):
        """The association is joined by handing in the profile (`/unit`)."""
        certification = row.membership
        words = str(MembershipState(certification.state).label)
        remark = certification.remark if certification.state in WITH_REMARK else ""
        own = {"state_label": words, "application": "", "obstacle": None, "remark": remark}
        return cls(**cls.facts(row) | own)


class BodyList(Page):
    model_config = listed(ROW_EXAMPLE)

    items: list[BodyRow]


class Question(Schema):
    """What a branch asks beside the contact."""

    id: int
    label: str
    help: str
    type: str = Field(description="As in the office: singleline, multiline, number, checkboxes, date …")
    required: bool
    choices: list[str] = Field(description="Among which to choose; empty for free answers.")
    answer: str | bool | list[str] = Field(description="As it was given before, or what the branch suggests.")


class Answered(Schema):
    label: str
    value: str


class Mark(Schema):
    field: str = Field(description="As in `errors`; `question.<id>` for a question; empty if it is asked no longer.")
    label: str
    words: str


class BodyDetail(BodyRow):
    """A branch with the form of its application."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **ROW_EXAMPLE,
                    "round": 1,
                    "contact": CONTACT_EXAMPLE,
                    "questions": [
                        {
                            "id": 5,
                            "label": "检测人员数量",
                            "help": "",
                            "type": "number",
                            "required": True,
                            "choices": [],
                            "answer": "",
                        }
                    ],
                    "answers": [{"label": "检测人员数量", "value": "12"}],
                    "marked": [],
                }
            ]
        }
    )

    round: int = Field(description="Of the application as it stands; to be named by the next one. 0 before the first.")
    contact: dict[str, str] = Field(description="Whom the branch asks; before an application the unit's own contact.")
    questions: list[Question]
    answers: list[Answered] = Field(description="What was handed in.")
    marked: list[Mark] = Field(description="What the reviewer has marked in an application that came back.")


class BranchContact(Schema):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [CONTACT_EXAMPLE]})

    contact_department: Text = ""
    contact_name: Text
    contact_phone: Text
    qq: Text = ""
    email: Text = ""


class Answer(Schema):
    model_config = ConfigDict(extra="forbid")

    question: int = Field(ge=1, le=LARGEST_ID, description="`id` of the question.")
    value: StrictBool | StrictStr | list[StrictStr] = Field(
        description="Text; true or false for a box to tick; a list where several may be chosen."
    )


class Application(BranchContact):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"round": 0, **CONTACT_EXAMPLE, "answers": [{"question": 5, "value": "12"}]}]},
    )

    round: int = Field(ge=0, le=2**15, description="`round` as the person saw it.")
    answers: list[Answer] = Field([], max_length=ANSWERS_MAX)


class Leave(Schema):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "公司业务调整，不再从事相关工作。", "document": None}]},
    )

    reason: Text
    document: str | None = Field(None, max_length=36, description="`id` of an uploaded `leave_application`.")


@router.get(
    "/bodies", response={200: BodyList, **answers(422)}, operation_id="bodies", summary="Association and branches"
)
def bodies(request, query: Query[PageQuery]):
    """All of them, in the association's order, each with what the unit is there."""
    page, next_cursor = paged(Body.objects.all(), query, "bodies", "sort_order", "pk")
    asked = leave_requests(request)
    is_owner = permissions.may_manage_seats(request.user, request.auth.unit)
    rows = [branch_row(request.auth, body, asked=asked, is_owner=is_owner) for body in page]
    return BodyList(items=[_row(row) for row in rows], next_cursor=next_cursor)


@router.get(
    "/bodies/{slug}", response={200: BodyDetail, **answers(404, 422)}, operation_id="body", summary="One branch"
)
def body(request, slug: Slug):
    """What the unit is there, what the branch asks, and what was handed in. The association itself is in `/bodies`."""
    return _told(request, branch_or_404(request, slug))


@router.put(
    "/bodies/{slug}/application",
    response={200: BodyDetail, **answers(404, 409, 413, 415, 422)},
    operation_id="apply",
    summary="Apply to a branch, or revise the application",
)
def apply(request, slug: Slug, application: Application):
    """The unit must have handed in its own application. Saying the same again changes nothing.

    409 by `code`: `profile_first`, `not_standing`, `branch_closed`, `wrong_state`, or `stale` when a colleague was
    faster: read the branch again and name its new `round`.
    """
    row = branch_or_404(request, slug)
    form = _filled_in(request, row, application)
    if not is_repeated(row.membership, form):
        hand_in(request, row, form)
    return _fresh(request, slug)


@router.post(
    "/bodies/{slug}/withdraw",
    response={200: BodyDetail, **answers(404, 409, 422)},
    operation_id="withdraw_application",
    summary="Take the application to a branch back",
)
def withdraw(request, slug: Slug):
    """As long as no reviewer has opened it; what was filled in stays."""
    row = branch_or_404(request, slug)
    if row.is_new:
        raise Http404
    actions.withdraw(row.membership, by=request.user)
    return _fresh(request, slug)


@router.put(
    "/bodies/{slug}/contact",
    response={200: BodyDetail, **answers(404, 409, 413, 415, 422)},
    operation_id="update_branch_contact",
    summary="Change the contact at a branch",
)
def update_branch_contact(request, slug: Slug, contact: BranchContact):
    """For a member of the branch, at once."""
    row = branch_or_404(request, slug)
    if row.is_new:
        raise Http404
    form = BranchContactForm(contact.model_dump())
    if not form.is_valid():
        raise invalid(form)
    actions.update_branch_contact(row.membership, by=request.user, **form.contact())
    return _fresh(request, slug)


@router.post(
    "/bodies/{slug}/leave",
    response={200: BodyRow, **answers(404, 409, 413, 415, 422)},
    operation_id="request_leave",
    summary="Ask to leave a body",
)
def request_leave(request, slug: Slug, leave: Leave):
    """By the administrator of the unit (else 403 `forbidden`); the staff decides.

    Who leaves the association leaves its branches too.
    """
    membership = _membership_or_404(request, slug)
    permissions.require(permissions.may_leave(request.user, membership))
    form = LeaveForm({"remark": leave.reason, "document": leave.document or ""}, unit=membership.unit)
    valid = form.is_valid()
    if leave.document and form.kept is None:
        form.add_error("document", ValidationError(_("This file was not found. Upload it again.")))
    if not valid or form.errors:
        raise invalid(form, {"remark": "reason"})
    if _open_leave(request, membership):
        raise Refusal(_("A request to leave is under review already."), code="open_request")
    actions.request_leave(membership, by=request.user, remark=form.cleaned_data["remark"], document=form.kept)
    return _row_of(request, membership)


@router.post(
    "/bodies/{slug}/leave/withdraw",
    response={200: BodyRow, **answers(404, 409, 422)},
    operation_id="withdraw_leave",
    summary="Take a request to leave back",
)
def withdraw_leave(request, slug: Slug):
    """The unit stays after all. 404 where no request is under review."""
    membership = _membership_or_404(request, slug)
    asked = _open_leave(request, membership)
    if asked is None:
        raise Http404
    actions.withdraw_request(asked, by=request.user)
    return _row_of(request, membership)


def _obstacle(refusal):
    return Obstacle(code=refusal.code, sentence=str(refusal)) if refusal else None


def _row(row):
    if row.body.kind == BodyKind.ASSOCIATION:
        return BodyRow.of_association(row)
    return BodyRow(**BodyRow.facts(row))


def _row_of(request, membership):
    del request.shell
    is_owner = permissions.may_manage_seats(request.user, membership.unit)
    return _row(branch_row(Shell.of(request), membership.body, asked=leave_requests(request), is_owner=is_owner))


def _membership_or_404(request, slug):
    mine = Membership.objects.for_user(request.user).filter(unit=request.auth.unit, state__in=STANDING)
    return get_object_or_404(mine.select_related("unit", "body", "level"), body__slug=slug)


def _open_leave(request, membership):
    asked = Review.objects.for_user(request.user).filter(membership=membership, state=ReviewState.OPEN)
    return asked.filter(subject=ReviewSubject.LEAVE).select_related("membership__unit").first()


def _fresh(request, slug):
    del request.shell
    return _told(request, branch_or_404(request, slug))


def _told(request, row):
    form = application_form(request, row)
    known = row.membership
    return BodyDetail(
        **BodyRow.facts(row),
        round=form.initial["round"],
        contact={name: form.initial[name] for name in CONTACT},
        questions=[_question(question, form) for question in row.body.questions.all() if not _is_hidden(question)],
        answers=[Answered(**answer) for answer in known.answers] if known else [],
        marked=[Mark(field=_path(name), label=label, words=words) for name, label, words in marked(request, row, form)],
    )


def _is_hidden(question):
    return question.field_type == "hidden"


def _question(question, form):
    field = form.fields[f"{QUESTION}{question.pk}"]
    initial = form.get_initial_for_field(field, f"{QUESTION}{question.pk}")
    return Question(
        id=question.pk,
        label=str(field.label),
        help=str(field.help_text),
        type=question.field_type,
        required=field.required,
        choices=[str(value) for value, _label in getattr(field, "choices", ()) if value],
        answer=initial if isinstance(initial, bool) else _as_answer(initial),
    )


def _as_answer(initial):
    if isinstance(initial, (list, tuple)):
        return [str(each) for each in initial]
    return "" if initial is None else str(initial)


def _filled_in(request, row, application):
    """The form of the page, filled in; its errors become those of our fields."""
    data = {name: getattr(application, name) for name in (*CONTACT, "round")}
    places = {}
    form = application_form(request, row)
    for number, answer in enumerate(application.answers):
        name, place = f"{QUESTION}{answer.question}", f"answers.{number}"
        if name not in form.fields or name in places:
            raise ProblemError(
                "invalid", errors=[(place, _("The branch does not ask this, or it was answered twice."))]
            )
        places[name] = place
        data |= _posted(name, form.fields[name], answer.value, place)
    form = application_form(request, row, data)
    if form.is_valid():
        return form
    unanswered = dict.fromkeys(form.labels, "answers")
    raise invalid(form, unanswered | {name: f"{place}.value" for name, place in places.items()})


def _posted(name, field, value, place):
    """The same answer as a browser posts it."""
    several = getattr(field.widget, "allow_multiple_selected", False)
    ticked = field.__class__.__name__ == "BooleanField"
    if isinstance(value, bool) != ticked or isinstance(value, list) != several:
        raise ProblemError("invalid", errors=[(f"{place}.value", _("Answer this question."))])
    if ticked:
        return {name: "on"} if value else {}
    return {name: value}


def _path(name):
    if name is None:
        return ""
    return f"question.{name.removeprefix(QUESTION)}" if name.startswith(QUESTION) else name
