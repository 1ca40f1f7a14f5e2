"""Nouns of the member register, by file."""

from membership.units.models.bodies import Body, BodyStaff, BranchQuestion, Level
from membership.units.models.documents import Document, DocumentPage, Drawable, PageImage, page_key, storage_key
from membership.units.models.imports import ImportRow, UnitImport, import_key
from membership.units.models.memberships import LevelTerm, Membership
from membership.units.models.reminders import ExpiryReminder
from membership.units.models.reviews import Review, ReviewNote
from membership.units.models.seats import INVITATION_LIFETIME, PhoneRebinding, Seat, SeatInvitation, letter_key
from membership.units.models.settings import MembershipSettings
from membership.units.models.units import ProfileDraft, Qualification, QualificationCategory, Unit

__all__ = [
    "Body",
    "BodyStaff",
    "BranchQuestion",
    "Document",
    "DocumentPage",
    "Drawable",
    "ExpiryReminder",
    "INVITATION_LIFETIME",
    "ImportRow",
    "Level",
    "LevelTerm",
    "Membership",
    "MembershipSettings",
    "PageImage",
    "PhoneRebinding",
    "ProfileDraft",
    "Qualification",
    "QualificationCategory",
    "Review",
    "ReviewNote",
    "Seat",
    "SeatInvitation",
    "Unit",
    "UnitImport",
    "import_key",
    "letter_key",
    "page_key",
    "storage_key",
]
