"""What an editor's browser sends as rich text is text and a few tags, whatever somebody has put into it by hand."""

import json

import pytest
from wagtail.test.utils.form_data import streamfield

from home.models import HomePage, SectionPage
from tests.cms.conftest import staff
from tests.home.test_page_editor import add

pytestmark = pytest.mark.django_db
FORGED = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def typed(text, **link):
    """Draftail's own form, as the browser sends it."""
    block = {"key": "a", "text": text, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    image = {"type": "EMBED", "mutability": "IMMUTABLE", "data": {"url": "https://evil.example/x"}}
    block["entityRanges"] = [{"offset": 0, "length": 2, "key": 0}, {"offset": 2, "length": 1, "key": 1}]
    linked = {"type": "LINK", "mutability": "MUTABLE", "data": link}
    return json.dumps({"blocks": [block], "entityMap": {"0": linked, "1": image}})


@pytest.mark.parametrize(("url", "stays"), [("https://example.org/", True), ("javascript:alert(1)", False)])
def test_rich_text_keeps_no_code(client, url, stays):
    client.force_login(staff("编辑"))
    body = streamfield([("paragraph", typed(f"链接 {FORGED}", url=url))])
    assert add(client, SectionPage, HomePage.objects.get(), shows="cards", body=body).status_code == 302
    client.logout()
    html = client.get(SectionPage.objects.get(slug="new-page").url).content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert (f'href="{url}"' in html) is stays
    for code in ("<script>alert", "<img src=x", "javascript:", "evil.example"):
        assert code not in html
