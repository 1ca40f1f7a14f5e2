"""The profile as a value: there and back again, files of others refused, what a reviewer reads, what has changed."""

import json
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from membership.units.models import Qualification, QualificationCategory, Unit
from membership.units.profile import (
    AT_ONCE,
    FACTS,
    Difference,
    Item,
    differences,
    facts_in,
    items,
    profile_of,
    reviewed_part,
    write_profile,
)
from membership.units.states import PAPERS, DocumentKind
from tests.factories import UnitFactory, document, put_papers_on_file, qualification
from tests.membership.units.conftest import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    """A unit that has filled in everything."""
    made = UnitFactory(
        name="示范建设",
        city="成都市",
        founded_on=date(2003, 5, 18),
        registered_capital=Decimal("30000.50"),
        staff_count=860,
        joined_on=date(2012, 3, 6),
        was_member_before=True,
        entry_permit_valid_until=date(2027, 6, 30),
        email="lisi@example.com",
    )
    put_papers_on_file(made)
    qualification(made, "安全生产许可证", "许可及其他", grade="", valid_until=date(2027, 1, 1), sort_order=1)
    made.refresh_from_db()
    return made


@pytest.fixture
def other():
    return put_papers_on_file(UnitFactory(name="旁观建设"))


def through_json(profile):
    return json.loads(json.dumps(profile, ensure_ascii=False))


def row(category, file, **fields):
    values = {"id": str(uuid4()), "category": category.pk, "grade": "", "certificate_no": "", "issuer": ""}
    return values | {"valid_until": "", "document": str(file.pk)} | fields


# --- There and back -------------------------------------------------------------------------------------------------
def test_profile_is_written_as_it_was_read(unit):
    profile = through_json(profile_of(unit))
    copy = UnitFactory(uscc=unit.uscc, submitted_at=None)
    before = snapshot()
    write_profile(unit, profile)
    assert snapshot() == before
    assert profile_of(Unit.objects.get(pk=unit.pk)) == profile
    assert profile_of(Unit.objects.get(pk=copy.pk))["facts"]["founded_on"] == ""


def test_facts_have_the_types_of_their_columns(unit):
    facts = facts_in(through_json(profile_of(unit)))
    assert {name: getattr(facts, name) for name in FACTS} == {name: getattr(unit, name) for name in FACTS}


def test_emptied_facts_and_files_are_empty_on_file(unit):
    profile = profile_of(unit)
    profile["facts"] |= {"founded_on": "", "registered_capital": "", "staff_count": "", "city": "", "email": ""}
    profile["documents"] = {str(kind): "" for kind in PAPERS}
    profile["qualifications"] = []

    write_profile(unit, profile)

    fresh = Unit.objects.get(pk=unit.pk)
    assert (fresh.founded_on, fresh.registered_capital, fresh.staff_count) == (None, None, None)
    assert (fresh.city, fresh.email, fresh.business_license_id) == ("", "", None)
    assert fresh.qualifications.count() == 0
    assert fresh.documents.count() == 6  # what was once handed in is kept


def test_reading_costs_one_query(unit, django_assert_num_queries):
    fresh = Unit.objects.get(pk=unit.pk)
    with django_assert_num_queries(1):
        profile_of(fresh)


def test_certificates_are_kept_by_their_id_in_the_order_given(unit):
    profile = profile_of(unit)
    first, second = profile["qualifications"]
    category = QualificationCategory.objects.get(group="工程监理", name="房屋建筑工程")
    new = row(category, document(unit, DocumentKind.QUALIFICATION), grade="甲级")
    profile["qualifications"] = [second | {"certificate_no": "川安 1"}, new]

    write_profile(unit, profile)

    kept = Qualification.objects.filter(unit=unit).for_list()
    assert [(str(one.pk), one.certificate_no, one.sort_order) for one in kept] == [
        (second["id"], "川安 1", 0),
        (new["id"], "", 1),
    ]
    assert not Qualification.objects.filter(pk=first["id"]).exists()


# --- What is not the unit's own -------------------------------------------------------------------------------------
def test_file_of_another_unit_is_refused(unit, other):
    refused = []
    theirs = profile_of(other)
    for kind in PAPERS:
        profile = profile_of(unit)
        profile["documents"][str(kind)] = theirs["documents"][str(kind)]
        refused.append(profile)
    profile = profile_of(unit)
    profile["qualifications"][0]["document"] = theirs["qualifications"][0]["document"]
    refused.append(profile)
    assert len(refused) == 5
    for profile in refused:
        refuse(unit, profile)


def refuse(unit, profile):
    before = snapshot()
    with pytest.raises(ValidationError) as gone, transaction.atomic():
        write_profile(unit, profile)
    assert gone.value.code == "document_gone"
    assert gone.value.messages == [gettext("A file is no longer there. Upload it again.")]
    assert snapshot() == before


def test_file_of_another_kind_is_refused(unit):
    receipt = document(unit, DocumentKind.RECEIPT)
    profile = profile_of(unit)
    profile["documents"]["business_license"] = str(receipt.pk)
    refuse(unit, profile)
    profile = profile_of(unit)
    profile["documents"]["business_license"] = profile["documents"]["entry_permit"]
    refuse(unit, profile)
    profile = profile_of(unit)
    profile["qualifications"][0]["document"] = profile["documents"]["business_license"]
    refuse(unit, profile)


@pytest.mark.parametrize("file", ["", "5a0cbd5e-0e61-4b4e-9f42-7f1c3c6f0d0a"])
def test_certificate_without_a_file_that_exists_is_refused(unit, file):
    profile = profile_of(unit)
    profile["qualifications"][0]["document"] = file
    refuse(unit, profile)


def test_id_of_another_units_certificate_touches_that_unit_never(unit, other):
    theirs = other.qualifications.get()
    before = Qualification.objects.filter(pk=theirs.pk).values().get()
    profile = profile_of(unit)
    profile["qualifications"][0]["id"] = str(theirs.pk)
    profile["qualifications"][0]["certificate_no"] = "冒用"

    write_profile(unit, profile)

    assert Qualification.objects.filter(pk=theirs.pk).values().get() == before
    assert other.qualifications.count() == 1
    mine = unit.qualifications.get(certificate_no="冒用")
    assert mine.pk != theirs.pk


# --- What changes at once -------------------------------------------------------------------------------------------
def test_reviewed_part_takes_from_the_file_what_changes_at_once(unit):
    proposal = through_json(profile_of(unit))
    proposal["facts"] |= dict.fromkeys(AT_ONCE, "旧") | {"name": "示范建设集团"}
    part = reviewed_part(proposal, unit)
    assert part["facts"] == profile_of(unit)["facts"] | {"name": "示范建设集团"}
    assert (part["documents"], part["qualifications"]) == (proposal["documents"], proposal["qualifications"])


# --- What a reviewer reads ------------------------------------------------------------------------------------------
def test_items_in_the_order_of_the_form_with_words_for_values(unit, django_assert_num_queries):
    profile = through_json(profile_of(unit))
    profile["documents"]["entry_permit"] = ""
    with django_assert_num_queries(2):
        found = items(profile)

    first, second = profile["qualifications"]
    assert [item.key for item in found] == [
        *FACTS,
        *("business_license", "application_form", "commitment_letter"),
        f"qualification:{first['id']}",
        f"qualification:{second['id']}",
    ]
    by_key = {item.key: item for item in found}
    assert by_key["name"] == Item("name", "单位名称", "示范建设")
    shown = ("unit_type", "province", "was_member_before", "founded_on", "registered_capital", "website")
    assert [by_key[key].value for key in shown] == ["施工", "四川省", "是", "2003-05-18", "30000.5", ""]
    licence = profile["documents"]["business_license"]
    assert by_key["business_license"] == Item("business_license", "营业执照", "business_license.pdf", licence)
    assert by_key[f"qualification:{second['id']}"] == Item(
        f"qualification:{second['id']}",
        "资质证书",
        "许可及其他 · 安全生产许可证，有效期至 2027-01-01",
        second["document"],
    )


def test_the_same_profile_differs_in_nothing(unit):
    profile = profile_of(unit)
    assert differences(profile, through_json(profile)) == []


def test_differences_say_what_was_and_what_is(unit, django_assert_num_queries):
    old = profile_of(unit)
    new = through_json(old)
    new["facts"] |= {"name": "示范建设集团", "registered_capital": "30000.5", "founded_on": ""}
    newer_licence = document(unit, original_name="新执照.pdf")
    same_name = document(unit, DocumentKind.APPLICATION_FORM)
    new["documents"] |= {
        "business_license": str(newer_licence.pk),
        "application_form": str(same_name.pk),
        "commitment_letter": "",
    }
    gone = new["qualifications"].pop(0)
    category = QualificationCategory.objects.get(group="工程监理", name="房屋建筑工程")
    added = row(category, document(unit, DocumentKind.QUALIFICATION), grade="甲级")
    new["qualifications"].append(added)

    with django_assert_num_queries(2):
        found = differences(old, new)

    assert found == [
        Difference("name", "单位名称", "示范建设", "示范建设集团"),
        Difference("founded_on", "成立日期", "2003-05-18", ""),
        Difference("business_license", "营业执照", "business_license.pdf", "新执照.pdf"),
        Difference("application_form", "入会申请书", "application_form.pdf", "application_form.pdf"),
        Difference("commitment_letter", "申请材料真实性承诺书", "commitment_letter.pdf", ""),
        Difference(f"qualification:{added['id']}", "资质证书", "", "工程监理 · 房屋建筑工程，甲级"),
        Difference(f"qualification:{gone['id']}", "资质证书", "施工总承包 · 建筑工程，一级", ""),
    ]
