"""Papers are stored as soon as they are chosen; what is refused says which file, why, and what would do."""

import struct

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from membership.audit.models import AuditEntry
from membership.units.models import Document
from tests.factories import UserFactory
from tests.files import docx_bytes, heavy_pdf, pdf, pdf_bytes, private_files, upload

pytestmark = pytest.mark.django_db

URL = "/portal/unit/documents/business_license/"


def send(client, file, kind="business_license", **more):
    return client.post(f"/portal/unit/documents/{kind}/", {"file": file, **more}, headers={"HX-Request": "true"})


def part(response):
    return BeautifulSoup(response.content, "html.parser")


def stored():
    return list(Document.objects.order_by("uploaded_at").values_list("unit", "kind", "original_name"))


@pytest.mark.parametrize(
    "kind", ["business_license", "qualification", "entry_permit", "application_form", "commitment_letter"]
)
def test_a_paper_is_stored_and_shown_with_what_can_be_done(ours, kind):
    response = send(ours.client, pdf("扫描件.pdf"), kind, name="qualifications-3-document")
    document = Document.objects.get()
    row = part(response)

    assert response.status_code == 200
    assert stored() == [(ours.unit.pk, kind, "扫描件.pdf")]
    assert row.select_one("input[type=hidden]").attrs == {
        "type": "hidden",
        "name": "qualifications-3-document",
        "value": str(document.pk),
    }
    assert [each.contents[-2].strip() for each in row.select(".file__actions > *")] == ["预览", "替换", "删除"]
    assert row.select_one("a[data-viewer]")["href"] == f"/portal/documents/{document.pk}/view/"
    assert row.select(".keep__note") == []
    assert AuditEntry.objects.get(verb="units.store_document").actor == ours.user


@pytest.mark.parametrize("kind", ["receipt", "level_decision", "leave_application", "nothing"])
def test_other_kinds_have_other_ways_in(ours, kind):
    assert send(ours.client, pdf(), kind).status_code == 404
    assert stored() == []


PNG_HEAD = b"\x89PNG\r\n\x1a\n"
TYPES = "不符合要求：文件必须是真正的 PDF / JPG / PNG 文件，不能只更改扩展名"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda: upload("空.pdf", b""), "文件“空.pdf”是空的"),
        (lambda: heavy_pdf(20), "文件“大文件.pdf”超过 20 MB，文件必须小于 20 MB"),
        (lambda: upload("执照.pdf.exe", pdf_bytes()), f"“执照.pdf.exe”{TYPES}"),
        (lambda: upload("执照", pdf_bytes()), f"“执照”{TYPES}"),
        (lambda: upload("照片.heic", b"\0\0\0\x18ftypheic" + b"\0" * 64), f"“照片.heic”{TYPES}"),
        (lambda: upload("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), f"“图.svg”{TYPES}"),
        (lambda: upload("页.pdf", b"<html><script>alert(1)</script>"), f"“页.pdf”{TYPES}"),
        (lambda: upload("前.pdf", b"<script>1</script>" + pdf_bytes()), f"“前.pdf”{TYPES}"),
        (lambda: upload("表.pdf", docx_bytes()), f"“表.pdf”{TYPES}"),
        (lambda: pdf("密.pdf", password="1234"), "文件“密.pdf”有密码保护，请取消密码后上传"),
        (lambda: upload("断.pdf", pdf_bytes()[:-30]), "PDF 文件“断.pdf”已损坏或没有页面，请重新扫描或导出后上传"),
        (
            lambda: upload(
                "巨.png", PNG_HEAD + b"\0\0\0\rIHDR" + struct.pack(">IIBBBBBI", 9000, 9000, 1, 0, 0, 0, 0, 0)
            ),
            "图片“巨.png”",
        ),
    ],
    ids=["empty", "20MB+", "exe", "no-ending", "heic", "svg", "html", "junk", "docx", "encrypted", "truncated", "81MP"],
)
def test_a_bad_file_is_refused_beside_its_field(ours, file, words):
    response = send(ours.client, file())
    said = part(response).get_text(" ", strip=True)

    assert response.status_code == 422
    assert said.startswith(f"错误： {words}")
    assert (stored(), private_files()) == ([], [])
    assert AuditEntry.objects.filter(verb="units.store_document").count() == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("A.PDF", "A.PDF"),
        ("../../执照.pdf", "执照.pdf"),
        ("执照😀.pdf", "执照😀.pdf"),
        ("长" * 300 + ".pdf", "长" * 146 + ".pdf"),
    ],
)
def test_names_are_kept_as_far_as_they_are_names(ours, name, kept):
    assert send(ours.client, upload(name, pdf_bytes())).status_code == 200
    assert stored() == [(ours.unit.pk, "business_license", kept)]


def test_a_thousand_pages_are_taken(ours):
    assert send(ours.client, pdf(pages=1000)).status_code == 200
    assert Document.objects.get().pages == 1000


def test_nothing_sent(ours):
    response = ours.client.post(URL)
    assert (response.status_code, part(response).get_text(" ", strip=True)) == (422, "错误： 请选择文件")


@pytest.mark.parametrize("name", ["<b>", "a" * 61, 'x" onload="', "UPPER"])
def test_a_field_that_no_form_has(ours, name):
    assert send(ours.client, pdf(), name=name).status_code == 404
    assert stored() == []


def test_the_same_file_twice_is_noticed_and_kept(ours, outsider):
    send(outsider.client, pdf("别家.pdf"))
    first = send(ours.client, pdf("执照.pdf"))
    second = send(ours.client, pdf("申请书.pdf"), "application_form")

    assert part(first).select(".keep__note") == []
    assert part(second).select_one(".keep__note").text.strip() == (
        "此文件与之前上传的“执照.pdf”（营业执照）内容完全相同，请确认是否选错"
    )
    assert stored() == [
        (outsider.unit.pk, "business_license", "别家.pdf"),
        (ours.unit.pk, "business_license", "执照.pdf"),
        (ours.unit.pk, "application_form", "申请书.pdf"),
    ]


def test_an_expired_login_is_told_where_to_go_and_stores_nothing(ours):
    response = send(Client(), pdf())
    assert (response.status_code, response["HX-Redirect"].split("?")[0]) == (200, "/accounts/login/")
    assert stored() == []


def test_who_acts_for_no_unit_stores_nothing(ours):
    staff = Client()
    staff.force_login(UserFactory(root=True))
    assert (send(staff, pdf()).status_code, stored()) == (403, [])


def test_only_post(ours):
    assert ours.client.get(URL).status_code == 405
