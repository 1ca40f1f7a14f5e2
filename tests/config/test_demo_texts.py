"""What the demo association writes reads like an association: every category, no filler, papers that open."""

import re
from datetime import date

import pypdfium2
import pytest

from config.demo import notices_members, notices_open, notices_receipts, papers
from config.demo.files import CLOSING, printed_text
from config.demo.writing import Calendar

PAPERS = [papers.DUES_RULES, papers.AWARD_RULES, papers.TESTING_NOTICE]


def plans(today=date(2026, 3, 5)):
    days = Calendar(today)
    return [plan for room in (notices_open, notices_members, notices_receipts) for plan in room.notices(days)]


def words(plan):
    return f"{plan.title}{plan.contact}{plan.body}{plan.items}{[file.title for file in plan.files]}"


def test_visitors_find_something_in_every_category():
    shown = [plan.category for plan in plans() if plan.is_open]
    assert set(shown) == {"notice", "activity", "training", "receipt", "announcement", "policy"}
    assert min(shown.count(slug) for slug in ("notice", "activity", "training", "announcement", "policy")) >= 2


def test_texts_are_meant():
    assert [plan.slug for plan in plans() if re.search("测试|示例文本|占位|[Ll]orem|TODO|XX|！", words(plan))] == []


def test_addresses_are_unique():
    slugs = [plan.slug for plan in plans()]
    assert sorted(slugs) == sorted(set(slugs))


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 11, 26), date(2028, 2, 29)])
def test_days_make_sense_on_any_day(today):
    for plan in plans(today):
        if plan.event:
            assert plan.event["starts_at"] < plan.event["ends_at"], plan.slug
            assert (plan.event["starts_at"].date() - today).days > -plan.published, plan.slug
        if plan.deadline:
            assert plan.deadline < plan.event["starts_at"] if plan.event else True, plan.slug
        signed = [value["date"] for kind, value in plan.body if kind == "signature"]
        assert [(today - day).days for day in signed] == ([] if plan.is_draft else [plan.published]), plan.slug


@pytest.mark.parametrize(("title", "paragraphs"), PAPERS)
def test_paper_opens_with_its_chinese_text(title, paragraphs):
    document = pypdfium2.PdfDocument(printed_text(title, paragraphs))
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    lines = [line.strip("\r\u3000 ") for page in pages for line in page.split("\n")]
    assert title in lines
    text = re.sub(r"\s", "", "".join(lines))
    assert [p for p in paragraphs if re.sub(r"\s", "", p) not in text] == []
    assert [line for line in lines if line and line[0] in CLOSING] == []
