"""What the form of the profile takes, and in which words it refuses the rest."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from membership.units.forms import UnitProfileForm
from membership.units.forms.profile import ContactForm, entries_posted, fit_to_keep
from membership.units.models import MembershipSettings, Qualification
from membership.units.profile import AT_ONCE, profile_of
from membership.units.uscc import ALPHABET, check_character
from tests.factories import UnitFactory, document, qualification, uscc
from tests.membership.units.profiles import TEXTS, VECTORS, as_posted, certificate, entries, is_chinese

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def unit():
    return UnitFactory(uscc=uscc(500), submitted_at=None)


def judged(unit, **changes):
    form = UnitProfileForm(entries(unit, **changes), unit=unit, judge=True)
    form.is_valid()
    return form


def errors(form):
    """{field: [sentences]}, rows of certificates as (number, field)."""
    told = {name: list(words) for name, words in form.errors.items()}
    told |= {"qualifications": list(form.rows.non_form_errors())} if form.rows.non_form_errors() else {}
    for number, row in enumerate(form.rows.forms):
        told |= {(number, name): list(words) for name, words in row.errors.items()}
    return told


def test_a_complete_profile_is_handed_in_as_plain_values(unit):
    form = judged(
        unit, founded_on="2003年5月8日", registered_capital="30,000", staff_count="８６０", website="a.example.com"
    )
    profile = form.profile()

    assert errors(form) == {}
    assert {
        name: profile["facts"][name] for name in ("founded_on", "registered_capital", "staff_count", "website")
    } == {
        "founded_on": "2003-05-08",
        "registered_capital": "30000",
        "staff_count": "860",
        "website": "https://a.example.com",
    }
    assert (profile["facts"]["joined_on"], profile["facts"]["was_member_before"]) == ("2024-01-01", False)
    assert set(profile["documents"]) == {"business_license", "entry_permit", "application_form", "commitment_letter"}
    row = profile["qualifications"][0]
    assert (len(row["id"]), type(row["category"]), row["grade"], row["valid_until"]) == (36, int, "一级", "2030-12-31")


def test_nothing_is_complained_about_until_it_is_judged(unit):
    blank = {"facts": {}, "documents": {}, "qualifications": []}
    form = UnitProfileForm(blank, unit=unit)
    assert (form.errors, form.rows.errors, form.rows.non_form_errors()) == ({}, [], [])
    assert form.gaps(["name", "uscc", "city", "contact_name", "business_license", "qualifications"]) == 5


# --- What is asked for ----------------------------------------------------------------------------------------------

PAPERS_MISSING = {"application_form": ["请上传入会申请书"], "commitment_letter": ["请上传申请材料真实性承诺书"]}


@pytest.mark.parametrize(
    ("joined_on", "was_member", "missing"),
    [
        ("2023-12-31", "True", {}),
        ("2024-01-01", "True", PAPERS_MISSING),
        ("2023-12-31", "False", PAPERS_MISSING),
    ],
)
def test_members_before_the_day_are_spared_two_papers(unit, joined_on, was_member, missing):
    form = judged(unit, papers=["business_license"], joined_on=joined_on, was_member_before=was_member)
    assert errors(form) == missing


def test_the_day_is_a_rule_of_the_association(unit):
    rules = MembershipSettings.load()
    rules.paperwork_exempt_before = rules.paperwork_exempt_before + timedelta(days=1)
    rules.save()
    form = judged(unit, papers=["business_license"], joined_on="2024-01-01", was_member_before="True")
    assert errors(form) == {}
    assert "2024-01-02 当日及以后入会的，需上传入会申请书和承诺书" in form.fields["joined_on"].help_text


@pytest.mark.parametrize(
    ("unit_type", "missing"),
    [
        ("contractor", {"qualifications": ["请至少添加一项资质证书"]}),
        ("other", {"qualifications": ["请至少添加一项资质证书"]}),
        ("school", {}),
        ("research", {}),
        ("society", {}),
    ],
)
def test_schools_institutes_and_societies_need_no_certificate(unit, unit_type, missing):
    form = judged(unit, rows=[], unit_type=unit_type)
    assert (errors(form), form.is_valid()) == (missing, not missing)


def test_a_school_may_hand_certificates_in(unit):
    form = judged(unit, unit_type="school")
    assert (errors(form), len(form.profile()["qualifications"])) == ({}, 1)


@pytest.mark.parametrize(("province", "missing"), [("51", {}), ("50", {"entry_permit": ["请上传入川备案许可证"]})])
def test_the_entry_permit_is_for_units_from_outside(unit, province, missing):
    assert errors(judged(unit, province=province)) == missing


def test_everything_at_once_is_told_at_once(unit):
    form = judged(unit, papers=[], rows=[], name="", uscc="", joined_on="", was_member_before="")
    assert list(errors(form)) == [
        "name",
        "uscc",
        "joined_on",
        "was_member_before",
        "business_license",
        "application_form",
        "commitment_letter",
        "qualifications",
    ]


# --- Facts ----------------------------------------------------------------------------------------------------------


def with_first(character):
    first17 = f"{character}1510100MA0000500"
    return first17 + check_character(first17)


def with_check(check):
    """A code whose check character is this one."""
    numbers = (f"91510100MA{n:07d}" for n in range(1, 500))
    return next(first17 + check for first17 in numbers if check_character(first17) == check)


@pytest.mark.parametrize(
    "typed",
    [
        uscc(500).lower(),
        " ".join(uscc(500)),
        "".join(chr(ord(c) + 0xFEE0) for c in uscc(500)),
        f"{uscc(500)[:8]}-{uscc(500)[8:]}\u200b",
        with_first("Y"),
        with_first("N"),
        with_first("A"),
        with_check("0"),
        with_check(ALPHABET[-1]),
    ],
    ids=["lower case", "spaces", "full width", "dash", "Y", "N", "A", "remainder 0", "last of the alphabet"],
)
def test_credit_codes_that_are_right(unit, typed):
    assert errors(judged(unit, uscc=typed)) == {}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (uscc(500)[:17], "统一社会信用代码应为 18 位，您输入了 17 位"),
        (uscc(500) + "1", "统一社会信用代码应为 18 位，您输入了 19 位"),
        ("I" + uscc(500)[1:], "统一社会信用代码第 1 位不能是“I”"),
        (uscc(500)[:10] + "O" + uscc(500)[11:], "统一社会信用代码第 11 位不能是“O”"),
        (uscc(500)[:10] + "Z" + uscc(500)[11:], "统一社会信用代码第 11 位不能是“Z”"),
        ("B" + uscc(500)[1:], "统一社会信用代码第 1 位不能是“B”"),
        ("0" * 18, "统一社会信用代码第 1 位不能是“0”"),
    ],
)
def test_credit_codes_that_are_wrong_say_where(unit, typed, words):
    assert errors(judged(unit, uscc=typed)) == {"uscc": [words]}


def test_a_wrong_check_character_is_said(unit):
    wrong = uscc(500)[:17] + next(c for c in ALPHABET if c != uscc(500)[17])
    assert errors(judged(unit, uscc=wrong))["uscc"][0].startswith("统一社会信用代码与末位校验码不符")


def test_a_credit_code_of_a_unit_that_has_handed_in_is_taken(unit):
    UnitFactory(uscc=uscc(501))
    UnitFactory(uscc=uscc(502), submitted_at=None)
    assert list(errors(judged(unit, uscc=uscc(501)))) == ["uscc"]
    assert errors(judged(unit, uscc=uscc(502))) == {}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "甲", "请填写单位全称"),
        ("name", "！@#￥%", "请填写单位全称"),
        ("name", "12345", "请填写单位全称"),
        ("joined_on", "1899-12-31", "请填写存在的日期，如 2023-12-31"),
        ("joined_on", "2023-02-29", "请填写存在的日期，如 2023-12-31"),
        ("joined_on", "去年", "请填写存在的日期，如 2023-12-31"),
        ("founded_on", "20231301", "请填写存在的日期，如 2023-12-31"),
        ("registered_capital", "-1", "请用数字填写注册资本，单位为万元，如 5000 或 5000.50"),
        ("registered_capital", "1e5", "请用数字填写注册资本，单位为万元，如 5000 或 5000.50"),
        ("registered_capital", "NaN", "请用数字填写注册资本，单位为万元，如 5000 或 5000.50"),
        ("registered_capital", "1.234", "请用数字填写注册资本，单位为万元，如 5000 或 5000.50"),
        ("staff_count", "1.5", "请用数字填写员工人数，如 120"),
        ("staff_count", "99999999", "请用数字填写员工人数，如 120"),
        ("postcode", "61000", "邮编应为 6 位数字"),
        ("qq", "1234", "QQ 号应为 5 至 12 位数字"),
        ("email", "中文@", "请填写完整的邮箱地址，例如 name@example.com"),
        ("website", "没有网址", "请填写完整的网址，如 www.example.com"),
        ("website", "javascript:alert(1)", "请填写完整的网址，如 www.example.com"),
        ("contact_phone", "86000000", "请填写手机号码，或带区号的固定电话，例如 028-86000000"),
        ("province", "99", "请选择所在地"),
        ("unit_type", "bank", "请选择单位类型"),
        ("was_member_before", "maybe", "请选择是否已是正式会员"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(unit, field, value, words):
    assert errors(judged(unit, **{field: value}))[field] == [words]


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("joined_on", "2023/12/31", "2023-12-31"),
        ("joined_on", "20231231", "2023-12-31"),
        ("joined_on", "２０２３．１２．３１", "2023-12-31"),
        ("joined_on", "1900-01-01", "1900-01-01"),
        ("contact_phone", "028-86000000-801", "028-86000000-801"),
        ("contact_phone", "138 1113 8222", "13811138222"),
        ("contact_phone", "028-8600-0000", "028-8600-0000"),
        ("telephone", "（028）86000000", "028-86000000"),
        ("telephone", "028—86000000", "028-86000000"),
        ("postcode", "６１００００", "610000"),
        ("website", "http://a.example.com/关于", "http://a.example.com/关于"),
        ("name", "示范\u3000路桥\u200b有限公司", "示范 路桥有限公司"),
    ],
)
def test_what_is_meant_is_understood(unit, field, value, kept):
    form = judged(unit, **{field: value})
    assert (errors(form), form.profile()["facts"][field]) == ({}, kept)


def test_nobody_joins_tomorrow_or_before_being_founded(unit):
    today = timezone.localdate()
    assert errors(judged(unit, joined_on=str(today))) == {}
    assert errors(judged(unit, joined_on=str(today + timedelta(days=1)))) == {
        "joined_on": ["入会时间不能晚于今天。新申请入会的填写当前日期"]
    }
    assert errors(judged(unit, founded_on="2024-05-01", joined_on="2024-04-30")) == {
        "joined_on": ["入会时间不能早于成立日期 2024-05-01"]
    }


# --- The vectors of bad input: every text field, never an exception, always words -----------------------------------


@pytest.mark.parametrize("vector", VECTORS)
def test_vectors_are_taken_or_refused_in_words(unit, vector):
    form = UnitProfileForm(entries(unit, **dict.fromkeys(TEXTS, VECTORS[vector])), unit=unit, judge=True)
    form.is_valid()
    told = [words for sentences in errors(form).values() for words in sentences]
    assert [words for words in told if not is_chinese(words)] == []
    assert {name: form[name].value() for name in TEXTS} == dict.fromkeys(TEXTS, VECTORS[vector])


@pytest.mark.parametrize("vector", VECTORS)
def test_vectors_in_a_certificate(unit, vector):
    names = ("id", "category", "grade", "certificate_no", "issuer", "valid_until", "document")
    form = UnitProfileForm(entries(unit, rows=[dict.fromkeys(names, VECTORS[vector])]), unit=unit, judge=True)
    form.is_valid()
    told = [words for sentences in errors(form).values() for words in sentences]
    assert [words for words in told if not is_chinese(words)] == []


@pytest.mark.parametrize(("field", "most"), [("name", 100), ("address", 200), ("introduction", 1000), ("city", 50)])
def test_the_longest_is_taken_and_one_more_is_not(unit, field, most):
    assert errors(judged(unit, **{field: "长" * most})) == {}
    assert list(errors(judged(unit, **{field: "长" * (most + 1)}))) == [field]


@pytest.mark.parametrize("vector", VECTORS)
def test_a_draft_keeps_whatever_a_database_can_hold(unit, vector):
    kept = fit_to_keep(entries_posted(as_posted(entries(unit, introduction=VECTORS[vector]))))
    text = kept["facts"]["introduction"]
    assert text.encode("utf-8").decode() == text
    assert (len(text) <= 5000, "\0" in text) == (True, False)


def test_a_field_that_is_missing_or_comes_twice(unit):
    assert entries_posted({})["facts"]["name"] == ""
    assert entries_posted({"qualifications-TOTAL_FORMS": "10" * 20})["qualifications"] == []
    assert len(entries_posted({"qualifications-TOTAL_FORMS": "999999999"})["qualifications"]) == 40


# --- Certificates ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"category": ""}, {(0, "category"): ["请选择资质类别"]}),
        ({"category": "99999"}, {(0, "category"): ["请选择资质类别"]}),
        ({"grade": ""}, {(0, "grade"): ["请选择等级：特级、一级、二级"]}),
        ({"grade": "九级"}, {(0, "grade"): ["请选择等级：特级、一级、二级"]}),
        ({"document": ""}, {(0, "document"): ["请上传资质证书附件"]}),
        ({"document": "00000000-0000-0000-0000-000000000000"}, {(0, "document"): ["有文件已不存在，须重新上传。"]}),
        ({"valid_until": "2030-02-30"}, {(0, "valid_until"): ["请填写存在的日期，如 2023-12-31"]}),
        ({"valid_until": "2001-01-01"}, {}),
    ],
)
def test_a_certificate_is_judged_by_its_category(unit, changes, told):
    got = errors(judged(unit, rows=[certificate(unit, **changes)]))
    if "grade" in changes:
        assert list(got) == [(0, "grade")]
        assert got[0, "grade"][0].startswith("请选择等级：")
    else:
        assert got == told


def test_twenty_certificates_and_no_more(unit):
    row = certificate(unit)
    assert errors(judged(unit, rows=[row] * 20)) == {}
    assert errors(judged(unit, rows=[row] * 21)) == {"qualifications": ["资质证书最多填写 20 项，请删除多余的行"]}


def test_files_of_others_and_of_other_kinds_are_none(unit):
    stranger = document(UnitFactory())
    values = entries(unit)
    values["documents"] |= {
        "business_license": str(stranger.pk),
        "application_form": values["documents"]["commitment_letter"],
    }
    form = UnitProfileForm(values, unit=unit, judge=True)
    form.is_valid()
    gone = ["有文件已不存在，须重新上传。"]
    assert errors(form) == {"business_license": gone, "application_form": gone}


def test_a_forged_or_doubled_id_of_a_row_gets_one_of_its_own(unit):
    row = certificate(unit, id="5f0c54a0-0000-4000-8000-000000000001")
    ids = [
        each["id"]
        for each in judged(unit, rows=[row, row, certificate(unit, id="nothing")]).profile()["qualifications"]
    ]
    assert (ids[0], len(set(ids))) == (row["id"], 3)


def test_blank_rows_are_passed_over_and_deleted_ones_forgotten(unit):
    values = entries(
        unit, rows=[certificate(unit), dict.fromkeys(certificate(unit), ""), certificate(unit, issuer="乙")]
    )
    posted = as_posted(values, **{"qualifications-0-DELETE": "on"})
    kept = entries_posted(posted)
    assert [row["issuer"] for row in kept["qualifications"]] == ["", "乙"]
    form = UnitProfileForm(kept, unit=unit, judge=True)
    assert form.is_valid()
    assert [row["issuer"] for row in form.profile()["qualifications"]] == ["乙"]


def test_a_category_that_is_no_longer_offered_stays_for_who_has_it(unit):
    row = qualification(unit)
    type(row.category).objects.filter(pk=row.category_id).update(is_open=False)
    assert errors(judged(unit, rows=[certificate(unit)])) == {}
    assert str(row.category_id) not in dict(UnitProfileForm(entries(unit, rows=[]), unit=unit).catalogue.grades_of)


# --- What changes at once -------------------------------------------------------------------------------------------


def test_a_change_of_certified_facts_leaves_the_rest_as_it_is_on_file(unit):
    form = UnitProfileForm(
        entries(unit, address="别处", legal_representative="新人"), unit=unit, judge=True, reviewed_only=True
    )
    assert form.is_valid()
    facts = form.profile()["facts"]
    on_file = profile_of(unit)["facts"]
    assert {name: facts[name] for name in AT_ONCE} == {name: on_file[name] for name in AT_ONCE}
    assert facts["legal_representative"] == "新人"


def test_contact_facts_are_columns_ready_to_be_written(unit):
    form = ContactForm(
        {"contact_name": "孙三", "contact_phone": "13811138333", "address": "甲路", "staff_count": "1,200"}
    )
    assert form.is_valid()
    assert set(form.facts()) == set(AT_ONCE)
    assert (form.facts()["staff_count"], form.facts()["qq"]) == (1200, "")


@pytest.mark.parametrize("count", [1, 20])
def test_queries_do_not_grow_with_certificates(unit, count, django_assert_num_queries):
    values = entries(unit, rows=[certificate(unit) for _n in range(count)])
    MembershipSettings.current()
    with django_assert_num_queries(3):
        assert UnitProfileForm(values, unit=unit, judge=True).is_valid()
    assert Qualification.objects.count() == 0
