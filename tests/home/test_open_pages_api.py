"""What programs read of the open pages: these keys and no others, rich text as HTML, files with their addresses."""

import pytest

from tests.home.site import article, branch, downloads, news_section, place_file, section

pytestmark = pytest.mark.django_db

API = "/api/content/v2/pages/"
PAGE = {"id", "meta", "title", "summary", "picture", "body"}


def test_no_more_keys_than_these_ever_leave(client):
    news = news_section()
    article(news)
    branch(section(slug="branches"))
    downloads()

    def keys(kind):
        return [set(item) for item in client.get(f"{API}?fields=*&type=home.{kind}").json()["items"]]

    assert keys("SectionPage") == [PAGE | {"shows"}] * 2
    assert keys("ArticlePage") == [PAGE | {"issuer", "document_no", "issued_on", "effective_on", "source", "files"}]
    assert keys("BranchPage") == [PAGE | {"branch", "members", "contact_name", "phone", "email", "office"}]
    assert keys("DownloadsPage") == [PAGE | {"files"}]
    assert keys("OpenPage")[0] == {"id", "meta", "title"}


def test_an_article_with_its_file(client):
    steps = [("steps", [{"title": "注册", "text": "<p>手机号</p>"}]), ("contact", None)]
    page = article(news_section(), body=steps)
    placed = place_file(page, "申请书", group="入会")
    told = client.get(f"{API}{page.pk}/").json()
    assert ['<h3 class="step__title">注册</h3>' in told["body"], "<p>手机号</p>" in told["body"]] == [True, True]
    assert told["picture"] is None
    [file] = told["files"]
    address = f"http://localhost/files/{placed.pk}/"
    assert (file["title"], file["group"], file["url"]) == ("申请书", "入会", address)
    assert set(file) == {"title", "name", "size", "type", "url", "group", "note"}
