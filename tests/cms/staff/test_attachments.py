"""The window in which editors choose and upload the files of notices."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset

from cms.actions import store_attachment
from cms.models import Attachment, NoticePage
from cms.receipt_forms import PLACEHOLDERS
from cms.staff.attachments import AttachmentChooser, AttachmentURLFinder
from config.demo.files import word_form
from membership.audit.models import AuditEntry
from tests.cms.conftest import GROUPS, add_url, entries, staff
from tests.factories import UserFactory, clerk
from tests.files import docx, heavy_pdf, pdf, pdf_bytes, upload

pytestmark = pytest.mark.django_db

MAY = ("编辑", "系统管理员")


def chooser(name, *args):
    return reverse(f"attachment_chooser:{name}", args=args)


@pytest.fixture
def sent(client):
    """Upload through the window, by the names that its form has."""

    def _send(file, title=""):
        form = client.get(chooser("choose")).context["creation_form"]
        return client.post(chooser("create"), {form.add_prefix("file"): file, form.add_prefix("title"): title})

    return _send


def test_an_upload_is_kept_privately_under_a_name_that_tells_nothing(editor, sent, client):
    answer = sent(pdf("关于收费的附件.pdf"), "收费附件")
    kept = Attachment.objects.get()
    assert answer.json()["step"] == "chosen"
    assert (kept.title, kept.original_name, kept.mime, kept.uploaded_by) == (
        "收费附件",
        "关于收费的附件.pdf",
        "application/pdf",
        editor,
    )
    assert "收费" not in kept.file.name
    assert kept.file.name.startswith("attachments/")
    assert kept.file.storage.exists(kept.file.name)
    assert not storages["default"].exists(kept.file.name)
    with pytest.raises(NotImplementedError):
        kept.file.url  # noqa: B018  asking is the test
    entry = AuditEntry.objects.get(verb="cms.store_attachment")
    assert (entry.actor, entry.object_id, entry.after["mime"]) == (editor, str(kept.pk), "application/pdf")
    assert client.get(f"/media/{kept.file.name}", follow=True).status_code == 404


def test_without_a_title_the_name_of_the_file_is_used(editor, sent):
    sent(docx("参会回执表.docx"))
    assert Attachment.objects.get().title == "参会回执表.docx"


def files_kept():
    """Every file below the private storage."""
    return sorted(Path(Attachment._meta.get_field("file").storage.location).rglob("*"))


@pytest.mark.parametrize(
    "file",
    [
        lambda: upload("伪装.pdf", b"PK not a pdf"),
        lambda: upload("空.pdf", b""),
        lambda: pdf(password="secret"),
        lambda: heavy_pdf(21),
        lambda: upload("程序.exe", b"MZ"),
        lambda: upload("扫描.docx", pdf_bytes()),
    ],
    ids=["renamed", "empty", "encrypted", "21 MB", "program", "wrong ending"],
)
def test_a_bad_file_is_refused_in_words_and_leaves_nothing(editor, sent, file):
    kept = files_kept()
    answer = sent(file(), "标题")
    assert answer.status_code == 200
    assert answer.json()["step"] != "chosen"
    assert "errorlist" in answer.json()["htmlFragment"] or "error-message" in answer.json()["htmlFragment"]
    assert not Attachment.objects.exists()
    assert not AuditEntry.objects.filter(verb="cms.store_attachment").exists()
    assert files_kept() == kept


def test_the_window_lists_and_finds(client, editor):
    for name in ("参会回执表.docx", "报名须知.docx"):
        store_attachment(docx(name), by=editor)
    listed = client.get(chooser("choose")).json()["html"]
    assert ("参会回执表.docx" in listed, "报名须知.docx" in listed) == (True, True)
    found = client.get(chooser("choose_results"), {"q": "须知"}).content.decode()
    assert ("参会回执表.docx" in found, "报名须知.docx" in found) == (False, True)


def test_a_chosen_file_goes_onto_the_notice(client, editor, unit):
    file = store_attachment(docx(), by=editor)
    row = {"attachment": file.pk, "is_receipt_form": "on", "id": ""}
    client.post(add_url(), entries(units=[unit], attachments=inline_formset([row])))
    placed = NoticePage.objects.get().attachments.get()
    assert (placed.attachment, placed.is_receipt_form) == (file, True)


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_may_see_and_upload(client, unit, group):
    file = store_attachment(docx("内部附件.docx"), by=UserFactory(root=True))
    if group == "member":
        client.force_login(clerk(unit))
    elif group != "visitor":
        client.force_login(staff(group))
    own = client.get(reverse("notices:attachment", args=[file.pk]))
    chosen = client.get(chooser("choose"))
    client.post(chooser("create"), {"attachment-chooser-create-file": docx(), "file": docx()})
    if group in MAY:
        assert own.status_code == 200
        assert own["Content-Disposition"].startswith("attachment")
        assert b"".join(own.streaming_content)[:2] == b"PK"
        assert "内部附件.docx" in chosen.json()["html"]
    else:
        assert own.status_code == (404 if group in GROUPS else 302)
        assert "内部附件.docx" not in chosen.content.decode("unicode_escape", "replace")
        assert Attachment.objects.get() == file


def test_the_verb_asks_for_the_right_itself(unit):
    with pytest.raises(PermissionDenied):
        store_attachment(docx(), by=staff("财务"))
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_may_look_at_the_pages(client, unit, group):
    file = store_attachment(pdf("实施方案.pdf", pages=2), by=UserFactory(root=True))
    if group == "member":
        client.force_login(clerk(unit))
    elif group != "visitor":
        client.force_login(staff(group))
    view = client.get(reverse("notices:attachment_view", args=[file.pk]))
    page = client.get(reverse("notices:attachment_page", args=[file.pk, 2]))
    if group in MAY:
        address = reverse("notices:attachment", args=[file.pk])
        assert (view.status_code, page.status_code) == (200, 200)
        assert f'src="{address}pages/2/"' in view.content.decode()
        assert b"".join(page.streaming_content)[:3] == b"\xff\xd8\xff"
    else:
        refused = 404 if group in GROUPS else 302
        assert (view.status_code, page.status_code) == (refused, refused)


def test_the_window_opens_the_pages_of_what_can_be_drawn(editor):
    scan, form = store_attachment(pdf(), by=editor), store_attachment(docx(), by=editor)
    finder = AttachmentURLFinder(editor)
    assert finder.get_edit_url(scan) == reverse("notices:attachment_view", args=[scan.pk])
    assert finder.get_edit_url(form) == reverse("notices:attachment", args=[form.pk])


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "{{单位名称}} {{联系人}} {{单位电话}}",
            "回执表 （自动填写：单位名称、联系人；无法识别、将留空：单位电话）",
        ),
        ("{{单位 名称}}", "回执表 （无法自动填写，各单位将下载原文件）"),
        ("没有占位符", "回执表"),
    ],
)
def test_the_editor_is_told_which_placeholders_a_form_has(client, editor, sent, text, note):
    answer = sent(upload("回执表.docx", word_form("回执表", [text])), "回执表").json()
    assert (answer["step"], answer["result"]["title"]) == ("chosen", note)
    file = Attachment.objects.get()
    chosen = client.get(chooser("chosen", file.pk)).json()
    assert chosen["result"]["title"] == note
    assert AttachmentChooser().get_display_title(file) == note


def test_the_editor_reads_what_may_stand_in_a_form(client, editor):
    page = client.get(add_url()).content.decode()
    assert all(f"{{{{{name}}}}}" in page for name in PLACEHOLDERS)
