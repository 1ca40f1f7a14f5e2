"""Kinds and states of deliveries, receipts and audiences, and the moves of a receipt."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReceiptKind(TextChoices):
    """What a notice asks back (guide 二.(二))."""

    NONE = "none", _("No receipt")
    DELIBERATION = "deliberation", _("Deliberation receipt")
    ATTENDANCE = "attendance", _("Meeting receipt")
    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")


# These stand in the category for receipts; an acknowledgement stays in its own (decision 16).
FORMAL_RECEIPTS = frozenset({ReceiptKind.DELIBERATION, ReceiptKind.ATTENDANCE})


class ReceiptOrigin(TextChoices):
    """How a receipt came: the unit returned it, or the staff entered one that came on paper."""

    PORTAL = "portal", _("Online")
    PAPER = "paper", _("On paper")


class ReceiptState(TextChoices):
    NONE = "none", _("No receipt asked")
    AWAITING = "awaiting", _("Receipt awaited")
    SUBMITTED = "submitted", _("Receipt returned")


S = ReceiptState  # of a delivery: what stands after the title until the receipt is in
MOVES = {
    "ask_receipt": ({S.NONE, S.AWAITING}, S.AWAITING),
    "drop_receipt": ({S.AWAITING}, S.NONE),
    "submit_receipt": ({S.AWAITING, S.SUBMITTED}, S.SUBMITTED),
    "send_back_receipt": ({S.SUBMITTED}, S.AWAITING),
}


class OpinionChoice(TextChoices):
    AGREE = "agree", _("Agree")
    DISAGREE = "disagree", _("Disagree")
    ABSTAIN = "abstain", _("Abstain")


class Gender(TextChoices):
    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


class Accommodation(TextChoices):
    NONE = "none", _("Not needed")
    SINGLE = "single", _("Single room")
    SHARED = "shared", _("Shared room")


class AttendeeColumn(TextChoices):
    """What is asked about attendees beside name, position and mobile number, if the notice says so."""

    GENDER = "gender", _("Gender")
    EMAIL = "email", _("E-mail")
    ACCOMMODATION = "accommodation", _("Accommodation")
    REMARK = "remark", _("Remark")


class Quorum(TextChoices):
    """How many of the entitled units must have answered."""

    HALF = "half", _("More than half")
    TWO_THIRDS = "two_thirds", _("Two thirds")


class Majority(TextChoices):
    """How many must agree, of those that answered or of all."""

    HALF_PRESENT = "half_present", _("More than half of those that answered")
    TWO_THIRDS_PRESENT = "two_thirds_present", _("Two thirds of those that answered")
    HALF_ALL = "half_all", _("More than half of all")
    TWO_THIRDS_ALL = "two_thirds_all", _("Two thirds of all")


class RuleEvent(TextChoices):
    """What a reminder rule counts its days from."""

    BEFORE_DEADLINE = "before_deadline", _("Before the deadline, without receipt")
    AFTER_DEADLINE = "after_deadline", _("After the deadline, without receipt")
    UNREAD = "unread", _("After delivery, not read")


class Occasion(TextChoices):
    """Why a unit was sent a message about a notice."""

    NEW = "new", _("New notice")
    UNREAD = "unread", _("Not read yet")
    AWAITING = "awaiting", _("Receipt awaited")


class Export(TextChoices):
    """What is made of the receipts of a notice and taken away as a file."""

    WORKBOOK = "workbook", _("Receipts as XLSX")
    BUNDLE = "bundle", _("Receipt files as ZIP")
    RESULT = "result", _("Result as XLSX")


class AudienceKind(TextChoices):
    """AND between kinds, OR inside a kind, minus the exclusions."""

    ALL = "all", _("All members")
    BODY = "body", _("Members of a body")
    LEVEL = "level", _("Members at a level")
    TYPE = "type", _("Units of a type")
    PROVINCE = "province", _("Units of a province")
    DUES = "dues", _("Units by their dues")
    UNIT = "unit", _("Named units")
    EXCLUDE = "exclude", _("Except these units")
