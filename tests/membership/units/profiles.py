"""Profiles as people fill them in: complete ones, to be spoilt in one place."""

from membership.units.models import QualificationCategory
from membership.units.profile import FACTS
from membership.units.states import PAPERS, DocumentKind
from tests.factories import document, uscc

FILLED = {
    "name": "示范路桥有限公司",
    "uscc": uscc(500),
    "unit_type": "contractor",
    "legal_representative": "赵一",
    "province": "51",
    "city": "成都市",
    "address": "示范市建设路 1 号",
    "contact_name": "钱二",
    "contact_phone": "13811138222",
    "joined_on": "2024-01-01",
    "was_member_before": "False",
}


def certificate(unit, **changes):
    """A row of a certificate with its file."""
    category = QualificationCategory.objects.get(group="施工总承包", name="建筑工程")
    row = {
        "id": "",
        "category": str(category.pk),
        "grade": "一级",
        "certificate_no": "D5000001",
        "issuer": "示范省住房和城乡建设厅",
        "valid_until": "2030-12-31",
        "document": str(document(unit, DocumentKind.QUALIFICATION).pk),
    }
    return row | changes


def entries(unit, *, papers=("business_license", "application_form", "commitment_letter"), rows=None, **facts):
    """What was typed into the profile of this unit, with a stored file for each of these papers."""
    files = {str(kind): "" for kind in PAPERS}
    files |= {kind: str(document(unit, kind).pk) for kind in papers}
    return {
        "facts": dict.fromkeys(FACTS, "") | FILLED | facts,
        "documents": files,
        "qualifications": [certificate(unit)] if rows is None else rows,
    }


def as_posted(values, **more):
    """The same as a browser posts it."""
    rows = values["qualifications"]
    posted = {**values["facts"], **values["documents"], "qualifications-TOTAL_FORMS": len(rows), "version": 0}
    for number, row in enumerate(rows):
        posted |= {f"qualifications-{number}-{name}": value for name, value in row.items() if name != "number"}
    return posted | more


# What every text field must take or refuse in words (the rows of the bad-input matrix).
VECTORS = {
    "empty": "",
    "spaces": "   ",
    "ideographic space": "\u3000",
    "one": "一",
    "ten thousand": "长" * 10_000,
    "nul": "甲\0乙",
    "surrogate": "甲\ud800乙",
    "right to left": "甲\u202e乙",
    "zero width": "\u200b",
    "emoji": "😀",
    "rare": "𠮷野家",
    "full width": "１２３",
    "combining": "e" + "\u0301" * 40,
    "script": "<script>alert(1)</script>",
    "braces": "{{7*7}}",
    "quotes": "'\"--",
    "formula": "=1+1",
    "path": "../",
    "header": "%0d%0aX:1",
    "newline": "甲\n乙",
}
TEXTS = [
    "name", "uscc", "legal_representative", "founded_on", "registered_capital", "city", "address", "postcode",
    "telephone", "website", "staff_count", "introduction", "contact_department", "contact_name", "contact_phone", "qq",
    "email", "joined_on", "entry_permit_valid_until", "unit_type", "province", "was_member_before",
]  # fmt: skip


def is_chinese(words):
    return any("\u4e00" <= character <= "\u9fff" for character in words)
