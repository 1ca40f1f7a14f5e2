"""Receipt forms in Word: every unit downloads them with its own facts, anything else goes out as it is."""

from io import BytesIO

import pytest
from docx import Document as WordFile

from cms import receipt_forms
from cms.actions import store_attachment
from cms.models import Attachment, NoticeAttachment
from membership import word_forms
from membership.tracking import actions
from membership.tracking.states import ReceiptKind
from membership.units.models import Unit
from tests.factories import UserFactory, notice, open_index
from tests.files import pdf, upload
from tests.portal.api.conftest import API
from tests.portal.conftest import deliver, in_days, look

pytestmark = pytest.mark.django_db

KNOWN = (
    "单位：{{单位名称}}；代码：{{ 统一社会信用代码 }}；法人：{{法定代表人}}；"
    "联系人：{{联系人}}{{联系电话}}；{{通知标题}}"
)


def word(*lines, name="参会回执表.docx"):
    """A Word file with these lines of text, the last one in the cell of a table."""
    document, made = WordFile(), BytesIO()
    for line in lines[:-1]:
        document.add_paragraph(line)
    document.add_table(1, 1).cell(0, 0).text = lines[-1]
    document.save(made)
    return upload(name, made.getvalue())


def lines_of(content):
    document = WordFile(BytesIO(content))
    return [line.text for line in document.paragraphs] + [table.cell(0, 0).text for table in document.tables]


class Sent:
    """A notice with one file to be filled in, delivered to our unit and to the outsider."""

    def __init__(self, ours, outsider, file, is_receipt_form=True, **fields):
        fields = {"receipt_kind": ReceiptKind.ATTENDANCE, "deadline": in_days(3), **fields}
        self.page = notice(title="关于召开年会的通知", **fields)
        self.original = file.read()
        file.seek(0)
        stored = store_attachment(file, by=UserFactory(root=True))
        self.placed = NoticeAttachment.objects.create(
            page=self.page, attachment=stored, is_receipt_form=is_receipt_form
        )
        self.deliveries = deliver(self.page)

    def download(self, who, base="/portal"):
        answer = who.client.get(
            f"{base}/messages/{self.deliveries[who.unit].pk}/attachments/{self.placed.pk}{self.end(base)}"
        )
        assert answer.status_code == 200
        return answer, b"".join(answer.streaming_content)

    @staticmethod
    def end(base):
        return "/" if base == "/portal" else ""

    def lines(self, who, base="/portal"):
        return lines_of(self.download(who, base)[1])


@pytest.fixture
def known(ours, outsider):
    for one, number in ((ours, "13811138111"), (outsider, "13822238222")):
        Unit.objects.filter(pk=one.unit.pk).update(
            legal_representative=f"法人{number}", contact_name=f"联系人{number}", contact_phone=f"+86{number}"
        )
        one.unit.refresh_from_db()


@pytest.mark.parametrize("base", ["/portal", API])
def test_every_unit_gets_its_own_facts_and_never_anothers(ours, outsider, known, base):
    sent = Sent(ours, outsider, word(KNOWN, "截止：{{截止时间}}"))
    deadline = receipt_forms.facts_of(sent.deliveries[ours.unit].__class__.objects.for_detail().first())["截止时间"]
    for one, other, number in ((ours, outsider, "13811138111"), (outsider, ours, "13822238222")):
        first, cell = sent.lines(one, base)
        assert first == (
            f"单位：{one.unit.name}；代码：{one.unit.uscc}；法人：法人{number}；联系人：联系人{number}{number}；关于召开年会的通知"
        )
        assert cell == f"截止：{deadline}"
        assert other.unit.name not in first
    answer, content = sent.download(ours, base)
    assert content != sent.original
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private, no-store")
    name = f"参会回执表_{ours.unit.name}.docx"
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{_quoted(name)}"


def _quoted(name):
    return "".join(f"%{byte:02X}" if byte > 127 else chr(byte) for byte in name.encode())


def test_the_unit_is_told_that_its_facts_are_in_it(ours, outsider):
    sent = Sent(ours, outsider, word("{{单位名称}}", ""))
    address = f"/portal/messages/{sent.deliveries[ours.unit].pk}/"
    assert "已填入贵单位信息" in look(ours.client, address).select_one(".step ul.files").text
    NoticeAttachment.objects.update(is_receipt_form=False)
    assert "已填入贵单位信息" not in look(ours.client, address).text


def test_a_unit_with_more_time_reads_its_own_deadline(ours, outsider):
    sent = Sent(ours, outsider, word("截止：{{截止时间}}", ""))
    before = sent.lines(ours)
    actions.extend_deadline(sent.page, by=UserFactory(root=True), until=in_days(40), units=[ours.unit.pk])
    assert sent.lines(ours) != before
    assert sent.lines(outsider) == before


@pytest.mark.parametrize(
    "name", ["甲&乙<w:p/>有限公司", "=HYPERLINK(1)", "{{联系人}}", "{% for a in b %}", "]]>甲", "甲\u202e乙"]
)
def test_whatever_a_unit_is_called_stays_text(ours, outsider, name):
    Unit.objects.filter(pk=ours.unit.pk).update(name=name)
    sent = Sent(ours, outsider, word("{{单位名称}}", "{{单位名称}}"))
    shown = name.replace("\u202e", "")
    [*paragraphs, cell] = lines_of(
        b"".join(
            ours.client.get(f"/portal/messages/{_own(ours, sent)}/attachments/{sent.placed.pk}/").streaming_content
        )
    )
    assert (paragraphs[0], cell) == (shown, shown)


def _own(ours, sent):
    return next(delivery.pk for unit, delivery in sent.deliveries.items() if unit.pk == ours.unit.pk)


def test_what_is_unknown_or_empty_is_left_open(ours, outsider):
    Unit.objects.filter(pk=ours.unit.pk).update(contact_name="")
    sent = Sent(
        ours, outsider, word("{{联系人}} {{单位电话}} {{a.b.c}} {{''.__class__.__mro__}}", "签字："), deadline=None
    )
    assert sent.lines(ours) == ["________ ________ ________ ________", "签字："]


BROKEN = ["{{单位 名称}}", "{% for a in 单位名称 %}", "{{单位名称|nothing}}", "{{'a' * 10**10}}", "{{range(9)}}"]


@pytest.mark.parametrize("text", BROKEN)
def test_a_form_that_cannot_be_filled_in_goes_out_as_it_is(ours, outsider, text):
    sent = Sent(ours, outsider, word(text, "{{单位名称}}"))
    answer, content = sent.download(ours)
    assert content == sent.original
    assert "_" not in answer["Content-Disposition"].partition("''")[2]
    assert sent.placed.attachment.placeholders == {"broken": True}


@pytest.mark.parametrize("case", ["no form", "no placeholder", "pdf", "too large", "no word file"])
def test_other_files_go_out_as_they_are(ours, outsider, monkeypatch, case):
    file = word("{{单位名称}}" if case != "no placeholder" else "单位名称", "")
    if case == "pdf":
        file = pdf("回执.pdf")
    if case == "too large":
        monkeypatch.setattr(word_forms, "MAX_BYTES", 100)
    sent = Sent(ours, outsider, file, is_receipt_form=case != "no form")
    if case == "no word file":
        with sent.placed.attachment.file.storage.open(sent.placed.attachment.file.name, "wb") as stored:
            stored.write(b"PK no more")
        sent.original = b"PK no more"
    assert sent.download(ours)[1] == sent.original


def test_one_stored_before_forms_were_examined_is_filled_in_too(ours, outsider):
    sent = Sent(ours, outsider, word("{{单位名称}}", ""))
    Attachment.objects.update(placeholders=None)
    assert sent.lines(ours)[0] == ours.unit.name


def test_one_that_the_storage_has_lost_says_so(ours, outsider):
    sent = Sent(ours, outsider, word("{{单位名称}}", ""))
    sent.placed.attachment.file.storage.delete(sent.placed.attachment.file.name)
    url = f"/portal/messages/{sent.deliveries[ours.unit].pk}/attachments/{sent.placed.pk}/"
    assert ours.client.get(url).status_code == 404


def test_of_a_recalled_notice_and_of_another_unit_there_is_none(ours, outsider):
    sent = Sent(ours, outsider, word("{{单位名称}}", ""))
    url = f"/portal/messages/{sent.deliveries[ours.unit].pk}/attachments/{sent.placed.pk}/"
    assert outsider.client.get(url).status_code == 404
    actions.recall(sent.page)
    assert ours.client.get(url).status_code == 404


def test_visitors_of_an_open_notice_get_the_form_as_it_is(ours, outsider, client):
    sent = Sent(ours, outsider, word("{{单位名称}}", ""), index=open_index())
    answer = client.get(f"/notices/attachments/{sent.placed.pk}/")
    assert b"".join(answer.streaming_content) == sent.original
