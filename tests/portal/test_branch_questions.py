"""The questions that a branch asks beside the contact: every type in the form, kept as words, found again later."""

import pytest
from django.utils import translation

from membership.audit.models import AuditEntry
from membership.units.models import Body, BranchQuestion, Membership, Review
from tests.factories import MembershipFactory
from tests.portal.branches import APPLY, LI, TABLE, entered, errors, facts, look_at
from tests.portal.conftest import look

pytestmark = pytest.mark.django_db

CHOICES = "房建监理\n市政监理\n水利监理"
# {type: (what is posted, what is kept)}
ANSWERS = {
    "singleline": (" 综合 甲级\u200b ", "综合 甲级"),
    "multiline": ("第一项\r\n第二项", "第一项\n第二项"),
    "email": ("a@example.com", "a@example.com"),
    "number": ("1,２00.50", "1200.50"),
    "url": ("www.example.com", "https://www.example.com"),
    "checkbox": ("on", "是"),
    "checkboxes": (["房建监理", "水利监理"], "房建监理；水利监理"),
    "dropdown": ("市政监理", "市政监理"),
    "multiselect": (["市政监理"], "市政监理"),
    "radio": ("水利监理", "水利监理"),
    "date": ("2026年3月1日", "2026-03-01"),
    "datetime": ("2026-03-01T09:30", "2026-03-01 09:30"),
}
NONSENSE = {
    "singleline": "一\x00二",
    "multiline": "字" * 1001,
    "email": "中文@",
    "number": "很多",
    "url": "不是网址",
    "checkboxes": ["别的"],
    "dropdown": "别的",
    "multiselect": ["房建监理", "别的"],
    "radio": "别的",
    "date": "2023-02-29",
    "datetime": "2026-03-01T25:61",
}


def ask(kind, label="您的答复", required=True, **fields):
    """One question of the branch; the name of its field in the form."""
    choices = CHOICES if kind in {"checkboxes", "dropdown", "multiselect", "radio"} else ""
    fields = {"choices": choices, **fields}
    body = Body.objects.get(slug="quality")
    question = BranchQuestion.objects.create(
        body=body, label=label, field_type=kind, required=required, sort_order=body.questions.count(), **fields
    )
    return f"question_{question.pk}"


def kept(unit):
    return Membership.objects.get(unit=unit, body__slug="quality").answers


def shown(page, name):
    """What the form shows as the answer: the value, or those that are ticked or chosen."""
    fields = page.select(f"[name={name}]")
    if fields[0].name == "textarea":
        return fields[0].text.strip()
    if fields[0].name == "select":
        return [option["value"] for option in fields[0].select("option[selected]")]
    if fields[0]["type"] in {"checkbox", "radio"}:
        return [field.get("value", "on") for field in fields if field.has_attr("checked")]
    return fields[0].get("value", "")


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_of_every_type_is_kept_as_words_and_shown_again(ours, kind):
    posted, words = ANSWERS[kind]
    name = ask(kind)
    assert ours.client.post(APPLY, entered(**{name: posted})).status_code == 302
    assert kept(ours.unit) == [{"label": "您的答复", "value": words}]
    assert Review.objects.get().snapshot["answers"] == kept(ours.unit)

    again = shown(look(ours.client, APPLY), name)
    response = ours.client.post(APPLY, entered(1, **{name: again, "contact_department": "安全部"}))
    assert response.status_code == 302
    assert kept(ours.unit) == [{"label": "您的答复", "value": words}]


@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_is_refused_beside_its_question(ours, kind):
    name = ask(kind)
    page = look_at(ours.client.post(APPLY, entered(**{name: NONSENSE[kind]})), 422)
    assert list(errors(page)) == [name]
    assert (Membership.objects.filter(body__slug="quality").count(), AuditEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("required", [True, False])
def test_what_must_be_answered_is_asked_for(ours, kind, required):
    name = ask(kind, required=required)
    response = ours.client.post(APPLY, entered())
    assert response.status_code == (422 if required else 302)
    if required:
        words = "勾选此项后才能提交。" if kind == "checkbox" else "此项为必填项。"
        assert errors(look_at(response, 422)) == {name: words}
    else:
        assert kept(ours.unit) == [{"label": "您的答复", "value": "否" if kind == "checkbox" else ""}]


@pytest.mark.parametrize("typed", ["明年三月一日上午九点三十分到十点", "2026-03-01 25:61 左右，待定"])
def test_what_is_no_moment_stays_as_it_was_typed(ours, typed):
    name = ask("datetime")
    assert shown(look_at(ours.client.post(APPLY, entered(**{name: typed})), 422), name) == typed


def test_what_is_wrong_elsewhere_costs_no_answer(ours):
    first, second = ask("singleline"), ask("checkboxes", label="专业")
    data = {first: "综合甲级", second: ["房建监理", "水利监理"], "contact_name": ""}
    page = look_at(ours.client.post(APPLY, entered(**data)), 422)
    assert (shown(page, first), shown(page, second)) == ("综合甲级", ["房建监理", "水利监理"])


def test_a_hidden_field_holds_what_the_branch_has_set(ours):
    name = ask("hidden", label="批次", default_value="2026 春")
    ours.client.post(APPLY, entered(**{name: "伪造"}))
    assert kept(ours.unit) == [{"label": "批次", "value": "2026 春"}]


def test_defaults_of_the_branch_are_filled_in(ours):
    line, boxes = ask("singleline", default_value="甲级"), ask("checkboxes", label="专业", default_value="房建监理")
    page = look(ours.client, APPLY)
    assert (shown(page, line), shown(page, boxes)) == ("甲级", ["房建监理"])


def test_questions_stand_in_the_order_of_the_branch_with_their_hints(ours):
    ask("singleline", label="第二", help_text="<b>见证书</b>")
    BranchQuestion.objects.update(sort_order=5)
    ask("radio", label="第一", required=False)
    BranchQuestion.objects.filter(label="第一").update(sort_order=1)
    card = look(ours.client, APPLY).select("main form .card")[-1]
    labels = [label.contents[0].strip() for label in card.select("legend, .field__label")]
    assert (card.h2.text, labels) == ("分会补充信息", ["第一", "第二"])
    assert card.select_one(".field__hint").text == "<b>见证书</b>"


def test_answers_are_found_again_though_another_question_is_gone(ours):
    gone, stays = ask("singleline", label="注册资金"), ask("singleline", label="资质等级")
    ours.client.post(APPLY, entered(**{gone: "五千万", stays: "甲级"}))
    BranchQuestion.objects.filter(label="注册资金").delete()
    fresh = ask("singleline", label="业绩", required=False)

    page = look(ours.client, APPLY)
    assert (shown(page, stays), shown(page, fresh)) == ("甲级", "")
    assert facts(page)["注册资金"] == "五千万"
    ours.client.post(APPLY, entered(1, **{stays: "乙级"}))
    assert kept(ours.unit) == [
        {"label": "资质等级", "value": "乙级"},
        {"label": "业绩", "value": ""},
        {"label": "注册资金", "value": "五千万"},
    ]


def test_a_question_that_changed_its_type_does_no_harm(ours):
    name = ask("singleline")
    ours.client.post(APPLY, entered(**{name: "一句话"}))
    for kind in ("checkboxes", "date", "datetime", "number", "checkbox", "dropdown"):
        BranchQuestion.objects.update(field_type=kind, choices=CHOICES)
        assert ours.client.get(APPLY).status_code == 200


def test_answers_are_kept_in_the_language_of_the_association(ours):
    name = ask("checkbox")
    ours.client.get("/language/en/")
    with translation.override("en"):
        ours.client.post(APPLY, entered(**{name: "on"}))
    assert kept(ours.unit) == [{"label": "您的答复", "value": "是"}]


def test_questions_of_other_branches_are_not_asked(ours):
    name = ask("singleline")
    page = look(ours.client, f"{TABLE}safety/apply/")
    assert page.select(f"[name={name}]") == []
    assert ours.client.post(f"{TABLE}safety/apply/", entered()).status_code == 302


def test_a_choice_without_choices_is_no_500(ours):
    name = ask("dropdown", choices=" ,")
    assert ours.client.get(APPLY).status_code == 200
    assert ours.client.post(APPLY, entered(**{name: ""})).status_code == 422


@pytest.mark.parametrize("count", [1, 50])
def test_the_form_asks_as_often_for_one_question_as_for_fifty(ours, count, django_assert_num_queries):
    MembershipFactory(unit=ours.unit, body=Body.objects.get(slug="quality"), **LI)
    for number in range(count):
        ask("checkboxes", label=f"{number}")
    with django_assert_num_queries(8):
        look(ours.client, APPLY)
