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
    "send_back": ({S.PENDING}, S.RETURNED),
    "approve": ({S.PENDING}, S.ACTIVE),
    "reject": ({S.PENDING}, S.REJECTED),
}


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
