"""Who finds nothing: other units, visitors, staff, units that are not certified; and files without a door."""

import pytest
from django.conf import settings

from membership.audit.models import AuditEntry
from membership.tracking.models import Delivery, Receipt
from membership.units.models import Membership
from membership.units.states import BodyKind, MembershipState
from tests.factories import UserFactory
from tests.files import pdf
from tests.portal.conftest import attach, badges, deliberation, deliver, look, opinions, titles

pytestmark = pytest.mark.django_db

LIST = "/portal/messages/"


def url_of(delivery, more=""):
    return f"{LIST}{delivery.pk}/{more}"


@pytest.fixture
def answered(ours):
    """A deliberation that our unit has answered with a file, sent to our unit alone; its addresses."""
    page = deliberation(title="内部事项", rules=[{"kind": "unit", "unit": ours.unit}])
    file = attach(page)
    delivery = deliver(page)[ours.unit]
    ours.client.post(url_of(delivery, "receipt/"), {"version": 0, **opinions(page), "file": pdf()})
    document = Receipt.objects.get().document
    return {
        "message": url_of(delivery),
        "submit": url_of(delivery, "receipt/"),
        "done": url_of(delivery, "receipt/done/"),
        "attachment": url_of(delivery, f"attachments/{file.pk}/"),
        "document": f"/portal/documents/{document.pk}/",
    }


def test_our_clerk_finds_all_of_it(ours, answered):
    got = {name: ours.client.get(url) for name, url in answered.items()}
    assert {name: response.status_code for name, response in got.items()} == {
        "message": 200,
        "submit": 302,
        "done": 200,
        "attachment": 200,
        "document": 200,
    }
    for name in ("attachment", "document"):
        assert got[name]["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert got[name]["Cache-Control"].startswith("private, no-store")
        assert b"".join(got[name].streaming_content).startswith(b"%PDF-")
    assert got["submit"]["Location"] == answered["message"]


def unchanged():
    """What a refused request must leave as it was."""
    return (
        list(Delivery.objects.order_by("pk").values()),
        list(Receipt.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
    )


@pytest.mark.parametrize("name", ["message", "submit", "done", "attachment", "document"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_unit_gets_404_everywhere(outsider, answered, name, method):
    before = unchanged()
    wanted = 404 if method == "get" or name == "submit" else 405  # only a receipt is ever posted
    assert getattr(outsider.client, method)(answered[name], {"version": 1}).status_code == wanted
    assert unchanged() == before


def test_another_unit_sees_no_trace_in_its_list(outsider, answered):
    page = look(outsider.client, LIST)
    assert (titles(page), badges(page)) == ([], {})


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30, "9" * 5000])
def test_a_number_that_is_no_message_is_not_found(ours, pk):
    assert ours.client.get(f"{LIST}{pk}/").status_code == 404
    assert ours.client.get(f"{LIST}{pk}/attachments/{pk}/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["message", "submit", "done", "attachment", "document"])
def test_a_visitor_gets_the_login_page_that_leads_back(client, answered, name, method):
    response = getattr(client, method)(answered[name])
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={answered[name]}"


def test_htmx_takes_a_visitor_to_the_login_page_as_a_whole(client):
    response = client.get(f"{LIST}?category=notice", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/accounts/login/?next=/portal/messages/%3Fcategory%3Dnotice"
    assert response.content == b""


@pytest.mark.parametrize("trait", ["staff", "root"])
def test_staff_without_a_unit_are_told_where_to_go(answered, client, trait):
    client.force_login(UserFactory(**{trait: True}))
    before = unchanged()
    for name in ("message", "submit", "done", "attachment"):
        assert look(client, answered[name], status=403).h1.text == "这里是会员单位使用的页面"
    assert client.post(answered["submit"], {"version": 1}).status_code == 403
    assert unchanged() == before


SENTENCES = {
    MembershipState.DRAFT: "贵单位尚未申请认证。填写单位信息、上传证书材料后提交认证即可。",
    MembershipState.PENDING: "贵单位的申请正在审核，目前无需操作。",
    MembershipState.RETURNED: "协会已退回贵单位的申请，按退回意见修改后重新提交。",
    MembershipState.REJECTED: "贵单位的申请未通过，如有疑问请联系协会。",
    MembershipState.SUSPENDED: (
        "贵单位的会员资格已暂停。恢复之前不能使用消息管理和会费缴纳，也不会收到新的通知。如需恢复，请与协会联系。"
    ),
    MembershipState.LEFT: "贵单位已退会，如需重新入会请联系协会。",
}


@pytest.mark.parametrize("state", SENTENCES)
def test_a_unit_that_is_not_certified_finds_a_page_that_explains_itself(ours, answered, state):
    certification = Membership.objects.filter(unit=ours.unit, body__kind=BodyKind.ASSOCIATION)
    certification.update(state=state, remark="营业执照不清晰")
    before = unchanged()
    pages = [look(ours.client, answered[name], status=403) for name in ("message", "submit", "done", "attachment")]
    posted = ours.client.post(answered["submit"], {"version": 1, "opinion_1": "agree"})

    assert posted.status_code == 403
    assert unchanged() == before
    told = state not in {MembershipState.DRAFT, MembershipState.PENDING}
    was_member = state in {MembershipState.SUSPENDED, MembershipState.LEFT}
    heading = "会员资格有效期间可使用消息、会费功能" if was_member else "认证通过后可使用消息、会费功能"
    for page in [*pages, look(ours.client, LIST, status=403), look(ours.client, "/portal/dues/", status=403)]:
        words = [p.text.strip() for p in page.select(".locked p")]
        assert page.h1.text == heading
        assert words[:2] == [state.label, SENTENCES[state]]
        assert ("协会意见：营业执照不清晰" in words) is told
        assert "内部事项" not in page.text


# --- Files without a door -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "private/", "../private/", "%2e%2e/private/", "public/../../private/"])
def test_no_address_leads_into_the_private_storage(ours, answered, prefix):
    receipt = Receipt.objects.get()
    attachment = receipt.delivery.notice.attachments.get().attachment
    for name in (receipt.document.file.name, attachment.file.name):
        assert ours.client.get(f"{settings.MEDIA_URL}{prefix}{name}", follow=True).status_code == 404
        assert ours.client.get(f"/{prefix}{name}", follow=True).status_code == 404


def test_a_file_that_the_storage_has_lost_is_answered_in_words(ours, answered):
    document = Receipt.objects.get().document
    document.file.storage.delete(document.file.name)
    page = look(ours.client, answered["document"], status=404)
    assert page.h1.text == "附件暂不可用"
    assert "回执.pdf" in page.select_one(".locked").text


def test_nothing_of_it_is_kept_by_browsers_or_proxies(ours, answered):
    for url in (LIST, "/portal/", answered["message"], answered["done"]):
        assert ours.client.get(url)["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
