"""Private documents as images of their pages: who sees them, with which headers, in which words."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client

from membership.audit.models import AuditEntry
from membership.units.actions import pages, store_document
from membership.units.models import Body, BodyStaff, DocumentPage
from membership.units.states import DocumentKind
from membership.units.uploads import FORMS
from tests.factories import MembershipFactory, UserFactory
from tests.files import docx, page_files, pdf
from tests.portal.conftest import look

pytestmark = pytest.mark.django_db

K = DocumentKind
HTMX = {"HX-Request": "true"}


def store(unit, user, file=None, kind=K.BUSINESS_LICENSE, **more):
    return store_document(file or pdf("营业执照.pdf", pages=3), unit=unit, kind=kind, by=user, **more)


def view(document):
    return f"/portal/documents/{document.pk}/view/"


def page(document, number=1):
    return f"/portal/documents/{document.pk}/pages/{number}/"


@pytest.fixture
def licence(ours):
    return store(ours.unit, ours.user)


def status(client, url, **more):
    """The status alone; a file is read to its end, which closes it."""
    response = client.get(url, **more)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def browser(role, *slugs):
    """Staff in a group, secretaries of these branches, in a browser of their own."""
    user = UserFactory(staff=True)
    user.groups.add(Group.objects.get(name=role))
    for slug in slugs:
        BodyStaff.objects.create(user=user, body=Body.objects.get(slug=slug))
    client = Client()
    client.force_login(user)
    return client


# --- Who sees it ----------------------------------------------------------------------------------------------------


def test_the_unit_sees_its_own_pages(ours, licence):
    before = AuditEntry.objects.count()
    statuses = {n: status(ours.client, page(licence, n)) for n in (0, 1, 2, 3, 4, 10**30)}
    assert statuses == {0: 404, 1: 200, 2: 200, 3: 200, 4: 404, 10**30: 404}
    response = ours.client.get(page(licence, 2))
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8\xff")
    assert {name: response.get(name) for name in HEADERS} == HEADERS
    assert AuditEntry.objects.count() == before


HEADERS = {
    "Content-Type": "image/jpeg",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store, max-age=0, no-cache, must-revalidate",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize("url", [view, page])
def test_another_unit_and_visitors_see_nothing(outsider, client, licence, url):
    DocumentPage.objects.all().delete()
    assert status(outsider.client, url(licence)) == 404
    assert status(outsider.client, url(licence), headers=HTMX) == 404
    assert client.get(url(licence))["Location"] == f"/accounts/login/?next={url(licence)}"
    assert DocumentPage.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("编辑", (404, 200)),
        ("会员审核", (200, 200)),
        ("财务", (404, 404)),
        ("秘书长", (200, 200)),
        ("系统管理员", (200, 200)),
        ("分会秘书", (404, 404)),
    ],
)
def test_staff_see_the_kinds_that_their_rights_name(ours, licence, role, statuses):
    receipt = store(ours.unit, ours.user, pdf("回执.pdf"), K.RECEIPT)
    client = browser(role)
    for url in (view, page):
        assert tuple(status(client, url(document)) for document in (licence, receipt)) == statuses


def test_a_branch_secretary_sees_the_papers_of_who_has_applied_there(ours, outsider, licence):
    theirs = store(outsider.unit, outsider.user)
    receipt = store(ours.unit, ours.user, pdf("回执.pdf"), K.RECEIPT)
    MembershipFactory(unit=ours.unit, body=Body.objects.get(slug="quality"))
    MembershipFactory(unit=outsider.unit, body=Body.objects.get(slug="quality"), draft=True)
    client, other = browser("分会秘书", "quality"), browser("分会秘书", "safety")
    for url in (view, page):
        assert [status(client, url(document)) for document in (licence, theirs, receipt)] == [200, 404, 404]
        assert status(other, url(licence)) == 404


@pytest.mark.parametrize("url", [view, page])
def test_nothing_is_posted_here(ours, licence, url):
    assert ours.client.post(url(licence)).status_code == 405


# --- What is seen ---------------------------------------------------------------------------------------------------


def words(soup):
    return SimpleNamespace(
        images=[(image["src"], image["alt"], image.get("width")) for image in soup.select(".viewer img")],
        notes=[note.text for note in soup.select(".viewer__note")],
        download=soup.select_one(".viewer__head a")["href"],
        buttons=[button.text.strip() for button in soup.select(".viewer button")],
        name=soup.select_one(".viewer")["aria-label"],
    )


def test_page_shows_every_page_without_the_script(ours, licence):
    soup = look(ours.client, view(licence))
    got = words(soup)
    assert soup.h1.text == "营业执照"
    assert got.images == [(page(licence, n), f"第 {n} 页，共 3 页", "1414") for n in (1, 2, 3)]
    assert got.download == f"/portal/documents/{licence.pk}/"
    assert got.buttons == ["上一页", "下一页", "缩小", "放大", "整页", "旋转"]
    assert (got.notes, got.name) == ([], "营业执照.pdf")
    assert soup.select_one(".viewer__tools").has_attr("hidden")


def test_dialog_gets_the_viewer_alone(ours, licence):
    response = ours.client.get(view(licence), headers=HTMX)
    soup = BeautifulSoup(response.content, "html.parser")
    assert [tag.name for tag in soup.find_all(recursive=False)] == ["section"]
    assert words(soup).buttons == ["关闭", "上一页", "下一页", "缩小", "放大", "整页", "旋转"]
    assert "no-store" in response["Cache-Control"]


def test_single_page_needs_no_pager(ours):
    soup = look(ours.client, view(store(ours.unit, ours.user, pdf())))
    assert soup.select_one(".viewer__pager").has_attr("hidden")


def test_what_is_not_shown_is_said(ours):
    got = words(look(ours.client, view(store(ours.unit, ours.user, pdf(pages=31)))))
    assert (len(got.images), got.notes) == (30, ["仅显示前 30 页，共 31 页，其余内容请下载原件查看"])
    form = store(ours.unit, ours.user, docx(), K.RECEIPT, accept=FORMS)
    got = words(look(ours.client, view(form)))
    assert (got.images, got.notes, got.buttons) == ([], ["此类文件无法在线查看，请下载原件查看"], [])


def test_page_speaks_english(ours, licence):
    ours.client.cookies["django_language"] = "en"
    soup = look(ours.client, view(licence))
    assert words(soup).images[0][1] == "Page 1 of 3"
    assert soup.select_one(".viewer__stage")["data-failed"] == (
        "This page cannot be shown. Download the original to see it."
    )


@pytest.mark.parametrize("count", [1, 30])
def test_viewer_asks_as_often_for_one_page_as_for_thirty(ours, count, django_assert_num_queries):
    document = store(ours.unit, ours.user, pdf(pages=count))
    with django_assert_num_queries(4):
        ours.client.get(view(document), headers=HTMX)
    with django_assert_num_queries(4):
        status(ours.client, page(document))


# --- What is not there ----------------------------------------------------------------------------------------------


def test_page_is_drawn_for_who_comes_before_the_worker(ours, licence):
    DocumentPage.objects.all().delete()
    assert words(look(ours.client, view(licence))).images[0] == (page(licence), "第 1 页，共 3 页", None)
    assert status(ours.client, page(licence, 2)) == 200
    assert list(DocumentPage.objects.values_list("number", flat=True)) == [2]


def test_page_that_another_request_is_drawing_comes_later(ours, licence):
    DocumentPage.objects.all().delete()
    cache.add(f"units.page_image.{licence.pk}.1", pages.DRAWING)
    response = ours.client.get(page(licence))
    assert (response.status_code, response["Retry-After"]) == (409, "2")
    assert response.content.decode() == "该页正在生成，请稍后再试"


def test_image_that_the_storage_has_lost_is_drawn_anew(ours, licence):
    for path in page_files():
        path.unlink()
    assert [status(ours.client, page(licence)) for _time in range(2)] == [404, 200]


def test_document_that_the_storage_has_lost_is_not_found(ours, licence):
    DocumentPage.objects.all().delete()
    licence.file.storage.delete(licence.file.name)
    assert status(ours.client, page(licence)) == 404
