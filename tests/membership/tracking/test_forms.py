"""The receipt form: what it asks, what it takes, what it refuses in words, and what it keeps."""

import pytest
from django.core.exceptions import PermissionDenied

from membership.tracking import actions
from membership.tracking.forms import MAX_ATTENDEES, MAX_ROWS_SHOWN, ReceiptForm
from membership.tracking.models import Delivery
from membership.tracking.states import ReceiptKind
from membership.units import uploads
from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import DocumentKind
from tests.factories import UnitFactory, clerk, notice
from tests.files import docx, pdf, upload

pytestmark = pytest.mark.django_db

LI = {"name": "李四", "gender": "male", "position": "总工程师", "mobile": "13811138111", "email": "", "remark": ""}


def rows(*persons, **more):
    data = {"version": 0, "attendees-TOTAL_FORMS": len(persons), "attendees-INITIAL_FORMS": 0, **more}
    for number, person in enumerate(persons):
        data |= {f"attendees-{number}-{name}": value for name, value in person.items()}
    return data


class Asked:
    """A notice delivered to a unit and to an outsider, with the form of the unit."""

    def __init__(self, kind, **fields):
        self.unit, self.other = UnitFactory(certified=True), UnitFactory(certified=True)
        self.user, self.outsider = clerk(self.unit), clerk(self.other)
        self.page = notice(receipt_kind=kind, **{"upload_required": False, **fields})
        actions.deliver(self.page)
        self.delivery = Delivery.objects.for_detail().get(unit=self.unit)
        self.items = list(self.page.agenda_items.all())

    def form(self, data=None, **more):
        files = {"file": more.pop("file")} if "file" in more else {}
        return ReceiptForm.for_delivery(self.delivery, self.items, data, files, by=self.user, **more)

    def opinions(self, choice="agree", comment="", **more):
        answers = {f"opinion_{i.pk}": choice for i in self.items} | {f"comment_{i.pk}": comment for i in self.items}
        return {"version": 0, **answers, **more}


@pytest.fixture
def deliberation():
    return Asked(ReceiptKind.DELIBERATION, items=["修订章程", "增补理事"])


@pytest.fixture
def meeting():
    return Asked(ReceiptKind.ATTENDANCE)


def test_deliberation_hands_the_verb_one_opinion_per_item(deliberation):
    form = deliberation.form(deliberation.opinions("abstain"))

    assert form.is_valid()
    assert form.answers() == {
        "version": 0,
        "document": None,
        "opinions": [{"item": item, "choice": "abstain", "comment": ""} for item in deliberation.items],
        "attendees": [],
    }


def test_each_missing_opinion_is_named_by_its_matter(deliberation):
    first, second = deliberation.items
    form = deliberation.form({"version": 0, f"opinion_{first.pk}": "agree"})

    assert not form.is_valid()
    assert form.errors == {f"opinion_{second.pk}": ["请选择对“增补理事”的审议意见"]}


@pytest.mark.parametrize("choice", ["", "yes", "Agree", "\x00"])
def test_an_opinion_that_is_no_choice_counts_as_missing(deliberation, choice):
    first, _second = deliberation.items
    form = deliberation.form({**deliberation.opinions(), f"opinion_{first.pk}": choice})

    assert form.errors == {f"opinion_{first.pk}": ["请选择对“修订章程”的审议意见"]}


def test_disagreeing_needs_a_reason(deliberation):
    first, second = deliberation.items
    form = deliberation.form({**deliberation.opinions("disagree", "   "), f"comment_{second.pk}": "费用过高"})

    assert form.errors == {f"comment_{first.pk}": ["选择“不同意”时请填写意见说明"]}


def test_an_item_of_another_notice_is_refused_in_words(deliberation):
    foreign = notice(receipt_kind=ReceiptKind.DELIBERATION, items=["别的事项"]).agenda_items.get()
    form = deliberation.form(deliberation.opinions(**{f"opinion_{foreign.pk}": "agree"}))

    assert not form.is_valid()
    assert form.non_field_errors() == ["审议事项在您打开页面后有变更，请重新核对后提交"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 同意，\r\n但建议  分步实施。\t", "同意，\n但建议  分步实施。"),
        ("零宽\u200b字符\ufeff", "零宽字符"),
        ("𠮷野家😀<script>{{7*7}}", "𠮷野家😀<script>{{7*7}}"),
        ("字" * 500, "字" * 500),
    ],
)
def test_comments_are_kept_as_typed_without_what_nobody_sees(deliberation, typed, kept):
    form = deliberation.form(deliberation.opinions("disagree", typed))

    assert form.is_valid(), form.errors
    assert [o["comment"] for o in form.answers()["opinions"]] == [kept, kept]


@pytest.mark.parametrize("typed", ["一\x00二", "一\x07二", "一\u202e二", "一\ud800二", "字" * 501])
def test_comments_that_cannot_be_kept_are_refused_beside_the_field(deliberation, typed):
    form = deliberation.form(deliberation.opinions("disagree", typed))

    assert set(form.errors) == {f"comment_{item.pk}" for item in deliberation.items}


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, None])
def test_a_broken_version_is_refused_in_words(deliberation, version):
    data = deliberation.opinions()
    data["version"] = version
    form = deliberation.form(data)

    assert form.errors == {"version": ["页面已过期，请刷新后核对填写内容并重新提交回执"]}


def test_meeting_hands_the_verb_its_attendees(meeting):
    zhao = {**LI, "name": " 赵  六 ", "mobile": "１３８ 1113-8112", "gender": ""}
    form = meeting.form(rows(LI, {}, zhao))

    assert form.is_valid(), form.attendees.errors
    assert form.answers()["attendees"] == [
        {**LI, "mobile": "+8613811138111"},
        {**LI, "name": "赵 六", "mobile": "+8613811138112", "gender": ""},
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"version": 0},
        rows(),
        rows({}, {}),
        rows(LI, **{"attendees-0-DELETE": "on"}),
        rows(LI, **{"attendees-TOTAL_FORMS": "x"}),
        rows(LI, **{"attendees-TOTAL_FORMS": "-1"}),
    ],
)
def test_a_meeting_needs_somebody_to_attend(meeting, data):
    form = meeting.form(data)

    assert not form.is_valid()
    assert form.attendees.non_form_errors() == ["请至少填写 1 位参会人员"]
    assert len(form.attendees.forms) >= 1


def test_errors_stand_at_row_and_cell(meeting):
    form = meeting.form(rows(LI, {"name": "王五", "mobile": "0755-1234567", "email": "中文@"}))

    assert not form.is_valid()
    assert form.attendees.errors == [
        {},
        {
            "position": ["请填写职务"],
            "mobile": ["请填写 11 位手机号码"],
            "email": ["请填写完整的邮箱地址，例如 name@example.com"],
        },
    ]


@pytest.mark.parametrize("name", ["name", "position", "remark"])
@pytest.mark.parametrize("typed", ["一\x00二", "一\x1b二", "一\u2066二", "字" * 201])
def test_a_cell_that_cannot_be_kept_is_refused_beside_it(meeting, name, typed):
    form = meeting.form(rows({**LI, name: typed}))

    assert not form.is_valid()
    assert list(form.attendees.errors[0]) == [name]


def test_rows_ticked_for_deletion_close_up(meeting):
    form = meeting.form(rows(LI, {"name": "王五"}, {"name": "赵六"}, **{"attendees-0-DELETE": "on"}))

    assert not form.is_valid()
    assert [row["name"].value() for row in form.attendees] == ["王五", "赵六"]


def test_more_attendees_than_allowed_come_back_with_the_limit(meeting):
    form = meeting.form(rows(*[LI] * (MAX_ATTENDEES + 1)))

    assert not form.is_valid()
    assert form.attendees.non_form_errors() == ["参会人员最多 50 人。"]
    assert len(form.attendees.forms) == MAX_ATTENDEES + 1


def test_a_forged_number_of_rows_does_not_exhaust_the_server(meeting):
    form = meeting.form(rows(LI, **{"attendees-TOTAL_FORMS": "999999999"}))

    assert not form.is_valid()
    assert len(form.attendees.forms) == MAX_ROWS_SHOWN


def test_another_row_is_no_submission(meeting):
    form = meeting.form(rows({"name": "王五"}), file=pdf(), add_row=True)

    assert [row["name"].value() for row in form.attendees] == ["王五", None]
    assert form.errors == {}
    assert form.attendees.total_error_count() == 0
    assert form.kept == Document.objects.get()


def test_another_row_still_says_that_the_file_is_bad(meeting):
    form = meeting.form(rows({"name": "王五"}), file=upload("空.pdf", b""), add_row=True)

    assert form.errors == {"file": ["文件“空.pdf”是空的"]}
    assert form.attendees.total_error_count() == 0


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (ReceiptKind.DELIBERATION, "请上传盖章扫描的 PDF 回执文件"),
        (ReceiptKind.ATTENDANCE, "请上传填写好的回执文件"),
    ],
)
def test_a_file_is_owed_where_the_notice_wants_one(kind, words):
    asked = Asked(kind, upload_required=True)
    form = asked.form(rows(LI))

    assert not form.is_valid()
    assert form.errors == {"file": [words]}


def test_only_a_meeting_takes_an_office_form(deliberation, meeting):
    assert meeting.form(rows(LI), file=docx()).is_valid()

    form = deliberation.form(deliberation.opinions(), file=docx())
    assert not form.is_valid()
    assert form.errors == {"file": ["“参会回执表.docx”不符合要求：文件必须是真正的 PDF 文件，不能只更改扩展名"]}
    assert Document.objects.count() == 1


def test_an_upload_survives_the_refusal_of_the_rest(deliberation):
    refused = deliberation.form({"version": 0}, file=pdf())
    assert not refused.is_valid()

    again = deliberation.form(deliberation.opinions(document=str(refused.kept.pk)))
    assert again.is_valid()
    assert again.answers()["document"] == refused.kept == Document.objects.get()


def test_a_bad_replacement_leaves_the_file_before_in_place(deliberation):
    kept = store_document(pdf(), unit=deliberation.unit, kind=DocumentKind.RECEIPT, by=deliberation.user)
    form = deliberation.form(deliberation.opinions(document=str(kept.pk)), file=upload("x.pdf", b"no pdf"))

    assert set(form.errors) == {"file"}
    assert form.kept == kept


@pytest.mark.parametrize("forged", ["x", "0", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_an_unknown_document_is_no_file(forged):
    asked = Asked(ReceiptKind.DELIBERATION, upload_required=True)
    form = asked.form(asked.opinions(document=forged))

    assert form.errors == {"file": ["请上传盖章扫描的 PDF 回执文件"]}


def test_the_document_of_another_unit_of_another_kind_or_type_is_no_file():
    asked = Asked(ReceiptKind.DELIBERATION, upload_required=True)
    theirs = store_document(pdf(), unit=asked.other, kind=DocumentKind.RECEIPT, by=asked.outsider)
    licence = store_document(pdf(), unit=asked.unit, kind=DocumentKind.BUSINESS_LICENSE, by=asked.user)
    word = store_document(docx(), unit=asked.unit, kind=DocumentKind.RECEIPT, by=asked.user, accept=uploads.FORMS)

    for document in (theirs, licence, word):
        form = asked.form(asked.opinions(document=str(document.pk)))
        assert form.errors == {"file": ["请上传盖章扫描的 PDF 回执文件"]}


def test_a_revision_starts_from_what_was_returned(deliberation):
    first, second = deliberation.items
    typed = deliberation.form({**deliberation.opinions(), f"opinion_{second.pk}": "abstain"}, file=pdf())
    assert typed.is_valid()
    receipt = actions.submit_receipt(deliberation.delivery, by=deliberation.user, **typed.answers())
    deliberation.delivery.refresh_from_db()

    form = deliberation.form(receipt=receipt)
    assert (form["version"].value(), form.kept) == (1, receipt.document)
    assert [row.choice.value() for row in form.agenda] == ["agree", "abstain"]


def test_the_same_answers_are_recognised_and_others_are_not(meeting):
    form = meeting.form(rows(LI), file=pdf())
    assert form.is_valid()
    receipt = actions.submit_receipt(meeting.delivery, by=meeting.user, **form.answers())

    same, other = meeting.form(rows(LI), file=pdf()), meeting.form(rows({**LI, "remark": "素食"}), file=pdf())
    assert same.is_valid()
    assert other.is_valid()
    assert same.repeats(receipt) is True
    assert other.repeats(receipt) is False


def test_the_outsider_may_not_store_a_file_for_the_unit(deliberation):
    deliberation.user = deliberation.outsider
    with pytest.raises(PermissionDenied):
        deliberation.form(deliberation.opinions(), file=pdf()).is_valid()
    assert Document.objects.count() == 0


@pytest.mark.parametrize(("most", "allowed"), [(None, MAX_ATTENDEES), (1, 1), (50, 50)], ids=str)
def test_the_notice_may_lower_the_limit(most, allowed):
    asked = Asked(ReceiptKind.ATTENDANCE, max_attendees=most)
    assert asked.form(rows(*[LI] * allowed)).is_valid()
    assert not asked.form(rows(*[LI] * (allowed + 1))).is_valid()


def test_columns_that_are_not_asked_are_dropped():
    asked = Asked(ReceiptKind.ATTENDANCE, attendee_columns=["accommodation"])
    form = asked.form(rows({**LI, "email": "no address", "accommodation": "shared"}))
    assert form.is_valid()
    assert form.answers()["attendees"] == [
        {"name": "李四", "position": "总工程师", "mobile": "+8613811138111", "accommodation": "shared"}
    ]


def test_who_sends_nobody_owes_a_reason_and_no_rows():
    asked = Asked(ReceiptKind.ATTENDANCE, upload_required=True)
    form = asked.form(rows({"name": "王五"}, attending="no"))
    assert not form.is_valid()
    assert form.errors == {"declined_because": ["请填写不能参会的原因"]}
    assert form.attendees.total_error_count() == 0

    form = asked.form(rows({"name": "王五"}, attending="no", declined_because="同期有评审"))
    assert form.is_valid()
    assert form.answers() == {
        "version": 0,
        "document": None,
        "opinions": [],
        "attendees": [],
        "declined_because": "同期有评审",
    }


def test_an_unknown_way_of_attending_is_refused(meeting):
    form = meeting.form(rows(LI, attending="maybe"))
    assert not form.is_valid()
    assert list(form.errors) == ["attending"]


def test_an_acknowledgement_asks_for_nothing_but_the_version():
    asked = Asked(ReceiptKind.ACKNOWLEDGEMENT, upload_required=True)
    form = asked.form({"version": 0})
    assert list(form.fields) == ["version"]
    assert form.is_valid()
    assert form.answers() == {"version": 0, "document": None, "opinions": [], "attendees": []}


def test_a_draft_is_the_form_as_it_was_typed(meeting):
    typed = meeting.form(rows({"name": "王五", "mobile": "123"}, {}, attending="no"))
    draft = ReceiptForm.from_draft(meeting.delivery, meeting.items, typed.entries, by=meeting.user)
    assert [row["mobile"].value() for row in draft.attendees] == ["123", ""]
    assert (draft["attending"].value(), draft.errors, draft.attendees.total_error_count()) == ("no", {}, 0)
