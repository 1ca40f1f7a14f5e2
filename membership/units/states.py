"""States, kinds and moves of units and their memberships."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MembershipState(TextChoices):
    """What screens call the state of a unit is the state of its membership of the association."""

    DRAFT = "draft", _("Not certified")
    PENDING = "pending", _("Under review")
    RETURNED = "returned", _("Sent back")
    ACTIVE = "active", _("Certified")
    REJECTED = "rejected", _("Not approved")
    SUSPENDED = "suspended", _("Suspended")
    LEFT = "left", _("Left")


S = MembershipState
MOVES = {
    "submit": ({S.DRAFT, S.RETURNED}, S.PENDING),
    "revise": ({S.PENDING, S.RETURNED}, S.PENDING),
    "withdraw": ({S.PENDING}, S.DRAFT),
    "send_back": ({S.PENDING}, S.RETURNED),
    "approve": ({S.PENDING}, S.ACTIVE),
    "reject": ({S.PENDING}, S.REJECTED),
    "suspend": ({S.ACTIVE}, S.SUSPENDED),
    "resume": ({S.SUSPENDED}, S.ACTIVE),
    "leave": ({S.ACTIVE, S.SUSPENDED}, S.LEFT),
}


# Members of a body: they have a level there.
STANDING = (S.ACTIVE, S.SUSPENDED)


class ReviewState(TextChoices):
    """How far the staff is with what was handed in."""

    OPEN = "open", _("Under review")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Sent back")
    REJECTED = "rejected", _("Not approved")
    VOID = "void", _("Replaced or withdrawn")


R = ReviewState
REVIEW_MOVES = {
    "approve": ({R.OPEN}, R.APPROVED),
    "send_back": ({R.OPEN}, R.RETURNED),
    "reject": ({R.OPEN}, R.REJECTED),
    "void": ({R.OPEN}, R.VOID),
}


class ReviewSubject(TextChoices):
    """What is decided on."""

    APPLICATION = "application", _("Application")
    CHANGE = "change", _("Change of certified facts")
    LEAVE = "leave", _("Request to leave")

    @property
    def prefix(self):
        """The letters that its reference begins with: 认证, 变更, 退会."""
        return {"application": "RZ", "change": "BG", "leave": "TH"}[self.value]


class ReturnReason(TextChoices):
    """Why a fact or a file needs a change, in the reviewer's usual words."""

    BLURRED = "blurred", _("Not legible")
    EXPIRED = "expired", _("Expired")
    NAME_DIFFERS = "name_differs", _("Differs from the name of the unit")
    NO_SEAL = "no_seal", _("Without stamp")
    PAGE_MISSING = "page_missing", _("Pages are missing")
    OTHER = "other", _("Other reason")


class BodyKind(TextChoices):
    ASSOCIATION = "association", _("Association")
    BRANCH = "branch", _("Branch")


class Duty(TextChoices):
    OWNER = "owner", _("Administrator of the unit")
    AGENT = "agent", _("Agent")


class DocumentKind(TextChoices):
    BUSINESS_LICENSE = "business_license", _("Business licence")
    QUALIFICATION = "qualification", _("Qualification certificate")
    ENTRY_PERMIT = "entry_permit", _("Entry permit of the province")
    APPLICATION_FORM = "application_form", _("Application form")
    COMMITMENT_LETTER = "commitment_letter", _("Letter of commitment")
    RECEIPT = "receipt", _("Receipt file")
    LEVEL_DECISION = "level_decision", _("Decision on the level")
    LEAVE_APPLICATION = "leave_application", _("Application to leave")
    PAYMENT_PROOF = "payment_proof", _("Proof of transfer")
    INVOICE = "invoice", _("Invoice file")


# Seen by those who see orders, not by whoever reads the papers of members.
OF_DUES = (DocumentKind.PAYMENT_PROOF, DocumentKind.INVOICE)


# One of each at most stands in the profile of a unit, under the name of its column.
PAPERS = (
    DocumentKind.BUSINESS_LICENSE,
    DocumentKind.ENTRY_PERMIT,
    DocumentKind.APPLICATION_FORM,
    DocumentKind.COMMITMENT_LETTER,
)


class UnitType(TextChoices):
    OWNER = "owner", _("Construction client (property development)")
    CONTRACTOR = "contractor", _("Contractor")
    SUPERVISION = "supervision", _("Supervision")
    TESTING = "testing", _("Testing")
    APPRAISAL = "appraisal", _("Appraisal")
    SURVEY = "survey", _("Survey")
    DESIGN = "design", _("Design")
    COST = "cost", _("Cost consulting")
    MATERIALS = "materials", _("Ready-mixed concrete, materials and equipment")
    SCHOOL = "school", _("School")
    RESEARCH = "research", _("Research institute")
    SOCIETY = "society", _("Social organisation")
    OTHER = "other", _("Other")


# 院校, 科研机构 and 社会团体 may hand in qualification certificates, never must (guide 一.(二).2).
WITHOUT_QUALIFICATION = frozenset({UnitType.SCHOOL, UnitType.RESEARCH, UnitType.SOCIETY})


class ImportState(TextChoices):
    """How far an import of members is."""

    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked, not yet written")
    WRITING = "writing", _("Being written")
    WRITTEN = "written", _("Written")
    OUTDATED = "outdated", _("Out of date")
    FAILED = "failed", _("Could not be checked")


IMPORT = ImportState
IMPORT_MOVES = {
    "finish_check": ({IMPORT.CHECKING}, IMPORT.CHECKED),
    "give_up_check": ({IMPORT.CHECKING}, IMPORT.FAILED),
    "confirm": ({IMPORT.CHECKED}, IMPORT.WRITING),
    "write": ({IMPORT.WRITING}, IMPORT.WRITTEN),
    "refuse_write": ({IMPORT.WRITING}, IMPORT.OUTDATED),
    "give_up_write": ({IMPORT.WRITING}, IMPORT.CHECKED),
}


class RowVerdict(TextChoices):
    """What becomes of a row of an import."""

    CREATED = "created", _("New unit")
    UPDATED = "updated", _("Completed or changed")
    UNCHANGED = "unchanged", _("No difference")
    REJECTED = "rejected", _("Rejected")
