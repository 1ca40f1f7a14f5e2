"""Kinds and states of deliveries, receipts and audiences, and the moves of a receipt."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReceiptKind(TextChoices):
    """What a notice asks back (guide 二.(二))."""

    NONE = "none", _("No receipt")
    DELIBERATION = "deliberation", _("Deliberation receipt")
    ATTENDANCE = "attendance", _("Meeting receipt")


class ReceiptState(TextChoices):
    NONE = "none", _("No receipt asked")
    AWAITING = "awaiting", _("Receipt awaited")
    SUBMITTED = "submitted", _("Receipt returned")


S = ReceiptState  # of a delivery: what stands after the title until the receipt is in
MOVES = {
    "ask_receipt": ({S.NONE, S.AWAITING}, S.AWAITING),
    "drop_receipt": ({S.AWAITING}, S.NONE),
    "submit_receipt": ({S.AWAITING, S.SUBMITTED}, S.SUBMITTED),
}


class OpinionChoice(TextChoices):
    AGREE = "agree", _("Agree")
    DISAGREE = "disagree", _("Disagree")
    ABSTAIN = "abstain", _("Abstain")


class Gender(TextChoices):
    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


class AudienceKind(TextChoices):
    """AND between kinds, OR inside a kind, minus the exclusions."""

    ALL = "all", _("All members")
    BODY = "body", _("Members of a body")
    LEVEL = "level", _("Members at a level")
    TYPE = "type", _("Units of a type")
    PROVINCE = "province", _("Units of a province")
    UNIT = "unit", _("Named units")
    EXCLUDE = "exclude", _("Except these units")
