"""The profile of a unit in the shapes of the member API, between what is typed and what is on file."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import ConfigDict

from membership.units.forms.profile import NO, YES
from membership.units.forms.qualifications import ROWS
from membership.units.models import Unit
from membership.units.papers import required_documents
from membership.units.profile import FACTS, facts_in
from membership.units.states import PAPERS, DocumentKind, ReviewState, ReviewSubject
from portal.api.ids import LARGEST_ID
from portal.profile_cards import said

LONGEST_ENTRY = 5000

FACTS_EXAMPLE = {
    "name": "示范工程检测有限公司",
    "uscc": "91510100MA00000017",
    "unit_type": "testing",
    "legal_representative": "张三",
    "founded_on": "2010-05-01",
    "registered_capital": "5000",
    "province": "51",
    "city": "成都市武侯区",
    "address": "示范路 1 号",
    "postcode": "610000",
    "telephone": "028-86000000",
    "website": "",
    "staff_count": "120",
    "introduction": "",
    "contact_department": "综合部",
    "contact_name": "李四",
    "contact_phone": "13811138111",
    "qq": "",
    "email": "",
    "joined_on": "2026-11-26",
    "was_member_before": False,
    "entry_permit_valid_until": "",
}
PAPERS_EXAMPLE = {
    "business_license": "5a0cbd5e-0e61-4b4e-9f42-7f1c3c6f0d0a",
    "entry_permit": None,
    "application_form": None,
    "commitment_letter": None,
}
CERTIFICATE_EXAMPLE = {
    "id": "0b9f3a52-43d8-4f0e-8f1a-6c3d5e7f9a1b",
    "category": 12,
    "grade": "一级",
    "certificate_no": "D251000000",
    "issuer": "示范省住房和城乡建设厅",
    "valid_until": "2029-12-31",
    "document": "7c1f0c7e-26c4-4c0c-9d52-1a2b3c4d5e6f",
}
PROFILE_EXAMPLE = {"facts": FACTS_EXAMPLE, "documents": PAPERS_EXAMPLE, "qualifications": [CERTIFICATE_EXAMPLE]}
UNIT_EXAMPLE = {
    "name": "示范工程检测有限公司",
    "uscc": "91510100MA00000017",
    "state": "returned",
    "state_label": "已退回",
    "missing": "协会已退回贵单位的申请，请按要求修改后重新提交。",
    "remark": "请补充材料后重新提交。",
    "hands_in": "submit",
    "may_withdraw": False,
    "on_file": PROFILE_EXAMPLE,
    "draft": {**PROFILE_EXAMPLE, "version": 0, "saved_at": None, "saved_by": ""},
    "requirements": [
        {"kind": "business_license", "label": "营业执照", "needed": True, "offered": True, "why": ""},
    ],
    "to_do": [{"field": "documents.application_form", "label": "入会申请书", "words": "请上传：入会申请书。"}],
    "application": {
        "reference": "RZ-2026-000123",
        "subject": "application",
        "state": "returned",
        "state_label": "已退回",
        "handed_in_at": "2026-11-20T01:30:00Z",
        "decided_at": "2026-11-21T01:30:00Z",
        "remark": "请补充材料后重新提交。",
        "remarks": [{"field": "facts.contact_phone", "label": "联系电话", "words": "号码有误"}],
    },
    "change": None,
}


def _entry(description):
    return Field("", max_length=LONGEST_ENTRY, description=description)


class Facts(Schema):
    """The facts as one types them; days as 2026-11-26. A draft may hold anything, right or wrong."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [FACTS_EXAMPLE]})

    name: str = _entry("As on the business licence.")
    uscc: str = _entry("Unified social credit code.")
    unit_type: str = _entry("`value` of one of the `unit_types` of `/unit/choices`.")
    legal_representative: str = _entry("Legal representative.")
    founded_on: str = _entry("Day of founding.")
    registered_capital: str = _entry("In 10,000 yuan.")
    province: str = _entry("`value` of one of the `provinces` of `/unit/choices`.")
    city: str = _entry("City and district.")
    address: str = _entry("Address.")
    postcode: str = _entry("Six digits.")
    telephone: str = _entry("Telephone of the unit.")
    website: str = _entry("Website.")
    staff_count: str = _entry("Number of staff.")
    introduction: str = _entry("Up to 1000 characters.")
    contact_department: str = _entry("Contact department.")
    contact_name: str = _entry("Contact person.")
    contact_phone: str = _entry("A mobile number, or a landline such as 028-86000000.")
    qq: str = _entry("QQ of the contact person.")
    email: str = _entry("E-mail of the contact person.")
    joined_on: str = _entry("Member since; new applicants name today.")
    was_member_before: bool | None = Field(None, description="Already a formal member; null as long as nobody said.")
    entry_permit_valid_until: str = _entry("Last day of the entry permit.")

    @classmethod
    def of(cls, facts):
        """From a profile or from entries."""
        said_before = {True: True, YES: True, False: False, NO: False}.get(facts.get("was_member_before"))
        texts = {name: str(facts.get(name, "")) for name in FACTS if name != "was_member_before"}
        return cls(**texts, was_member_before=said_before)

    def entries(self):
        """Those that were sent, as the form has them."""
        sent = self.model_dump(exclude_unset=True)
        if "was_member_before" in sent:
            sent["was_member_before"] = {True: YES, False: NO, None: ""}[sent["was_member_before"]]
        return sent


class Papers(Schema):
    """The `id` of an uploaded file for each paper; null takes it away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PAPERS_EXAMPLE]})

    business_license: UUID | None = Field(None, description="营业执照")
    entry_permit: UUID | None = Field(None, description="入川备案许可证")
    application_form: UUID | None = Field(None, description="入会申请书")
    commitment_letter: UUID | None = Field(None, description="申请材料真实性承诺书")

    @classmethod
    def of(cls, documents):
        return cls(**{str(kind): as_uuid(documents.get(str(kind))) for kind in PAPERS})

    def entries(self):
        return {kind: str(pk or "") for kind, pk in self.model_dump(exclude_unset=True).items()}


class Certificate(Schema):
    """One qualification certificate."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [CERTIFICATE_EXAMPLE]})

    id: UUID | None = Field(None, description="As read before; null for a new one.")
    category: int | None = Field(None, ge=1, le=LARGEST_ID, description="`id` of one of the `categories`.")
    grade: str = _entry("One of the grades of the category, if it has any.")
    certificate_no: str = _entry("Certificate number.")
    issuer: str = _entry("Issued by.")
    valid_until: str = _entry("Last day of validity.")
    document: UUID | None = Field(None, description="`id` of the uploaded scan.")

    @classmethod
    def of(cls, row):
        category = str(row.get("category", ""))
        texts = {name: str(row.get(name, "")) for name in ("grade", "certificate_no", "issuer", "valid_until")}
        return cls(
            id=as_uuid(row.get("id")),
            category=int(category)
            if category.isascii() and category.isdigit() and int(category) <= LARGEST_ID
            else None,
            document=as_uuid(row.get("document")),
            **texts,
        )

    def entries(self):
        return {name: "" if value is None else str(value) for name, value in self.model_dump().items()}


class Profile(Schema):
    """Facts, papers and certificates of the unit."""

    facts: Facts
    documents: Papers
    qualifications: list[Certificate]

    @classmethod
    def parts(cls, profile):
        return {
            "facts": Facts.of(profile["facts"]),
            "documents": Papers.of(profile["documents"]),
            "qualifications": [Certificate.of(row) for row in profile[ROWS]],
        }


class Draft(Profile):
    """What the form starts from: what was typed last, else the change that was proposed, else what is on file."""

    version: int = Field(description="0 as long as nobody has saved one; to be named by the next one who saves.")
    saved_at: datetime | None
    saved_by: str = Field(description="Name of the person; empty without one.")


class Requirement(Schema):
    """Whether a kind of paper must be there, by what stands in the draft."""

    kind: str = Field(json_schema_extra={"enum": DocumentKind.values})
    label: str
    needed: bool
    offered: bool = Field(description="Whether it has anything to do with the unit.")
    why: str

    @classmethod
    def of(cls, rule):
        return cls(
            kind=str(rule.kind),
            label=str(rule.kind.label),
            needed=rule.needed,
            offered=rule.offered,
            why=str(rule.why),
        )

    @classmethod
    def all_of(cls, profile):
        return [cls.of(rule) for rule in required_documents(facts_in(profile))]


class Remark(Schema):
    """One thing that the reviewer wants changed."""

    field: str = Field(description="Its path, as in `errors`.", examples=["facts.contact_phone"])
    label: str
    words: str


class Review(Schema):
    """What was handed in last, and what has become of it."""

    reference: str = Field(examples=["RZ-2026-000123"])
    subject: str = Field(json_schema_extra={"enum": ReviewSubject.values})
    state: str = Field(json_schema_extra={"enum": ReviewState.values})
    state_label: str
    handed_in_at: datetime
    decided_at: datetime | None
    remark: str = Field(description="The reviewer's words to the unit.")
    remarks: list[Remark] = Field(description="What exactly is to be changed.")

    @classmethod
    def of(cls, review, rows=()):
        """`rows` are the certificates as they are read now, among which a marked one is found."""
        return cls(
            reference=review.reference,
            subject=review.subject,
            state=review.state,
            state_label=str(review.get_state_display()),
            handed_in_at=review.handed_in_at,
            decided_at=review.decided_at,
            remark=review.remark if review.state in _TOLD else "",
            remarks=list(_remarks(review, rows)) if review.state == ReviewState.RETURNED else [],
        )


_TOLD = {ReviewState.APPROVED, ReviewState.RETURNED, ReviewState.REJECTED}


class UnitOnFile(Schema):
    """单位信息: what is on file, what is being typed, and how far the review is."""

    model_config = ConfigDict(json_schema_extra={"examples": [UNIT_EXAMPLE]})

    name: str
    uscc: str
    state: str
    state_label: str
    missing: str = Field(description="Why messages and dues are closed to the unit; empty for a certified one.")
    remark: str = Field(description="What the staff wrote when the application came back, or the membership stopped.")
    hands_in: Literal["submit", "revise", "request_change", ""] = Field(
        description="What handing in does now; empty while the profile is only read."
    )
    may_withdraw: bool = Field(description="The application waits, and no reviewer has opened it.")
    on_file: Profile
    draft: Draft | None = Field(description="Null while the profile is only read.")
    requirements: list[Requirement]
    to_do: list[Remark] = Field(description="What stands in the way of handing the draft in, with the words for it.")
    application: Review | None
    change: Review | None = Field(description="The last change of certified facts that was proposed.")


def as_uuid(text):
    try:
        return UUID(str(text))
    except ValueError:
        return None


def path_of(name):
    """How the API calls a field of the form."""
    if name in FACTS:
        return f"facts.{name}"
    return f"documents.{name}" if name in PAPERS else ""


def label_of(name):
    if name in FACTS:
        return str(Unit._meta.get_field(name).verbose_name)
    return str(DocumentKind(name).label) if name in DocumentKind.values else ""


def faults(form):
    """(path, label, message) of all that stands in the way, in the order of the form."""
    for name, messages in form.errors.items():
        yield from ((path_of(name), label_of(name), message) for message in messages)
    rows = str(DocumentKind.QUALIFICATION.label)
    yield from ((ROWS, rows, message) for message in form.rows.non_form_errors())
    for number, row in enumerate(form.rows.errors):
        for name, messages in row.items():
            path = f"{ROWS}.{number}" if name == "__all__" else f"{ROWS}.{number}.{name}"
            yield from ((path, f"{rows} {number + 1}", message) for message in messages)


def _remarks(review, rows):
    numbers = {str(row.get("id")): number for number, row in enumerate(rows)}
    for key, verdict in review.marked.items():
        name, _colon, pk = key.partition(":")
        if name == DocumentKind.QUALIFICATION:
            path = f"{ROWS}.{numbers[pk]}" if pk in numbers else ROWS
            yield Remark(field=path, label=str(DocumentKind.QUALIFICATION.label), words=said(verdict))
        else:
            yield Remark(field=path_of(name), label=label_of(name), words=said(verdict))


def not_now(shell):
    """The sentence for a profile that is only read."""
    return str(shell.missing) or _("The profile cannot be changed now.")
