"""No link of the open site is dead: a visitor who follows every one of them never meets an error."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.django_db

LINK = re.compile(r"""\b(?:href|src|action)="([^"]*)\"""")
STARTS = ["/", "/accounts/login/", "/sitemap.xml", "/robots.txt"]
HERE = ("", "testserver")


def links(address, html):
    """The addresses on this site that a page names, as (path with query, fragment)."""
    for found in LINK.findall(html):
        parts = urlsplit(urljoin(f"http://testserver{address}", unescape(found)))
        if parts.scheme in ("http", "https") and parts.netloc in HERE:
            yield parts.path + (f"?{parts.query}" if parts.query else ""), parts.fragment


def crawl(client):
    """{address: (status, where it leads)} and {(page, fragment): whether the page has such an id}."""
    answers, anchors, queue = {}, {}, list(STARTS)
    while queue:
        address = queue.pop()
        if address in answers:
            continue
        if address.startswith("/static/"):  # served by WhiteNoise before Django; nothing is collected in tests
            answers[address] = (200 if finders.find(address.removeprefix("/static/")) else 404), ""
            continue
        response = client.get(address)
        if response.streaming:
            b"".join(response.streaming_content)  # reads the file to its end, which closes it
        answers[address] = response.status_code, response.get("Location", "")
        if not response.get("Content-Type", "").startswith("text/html") or response.status_code != 200:
            continue
        html = response.content.decode()
        for target, fragment in links(address, html):
            # The language links carry the page in `next`: one of them for all, or the crawl would never end.
            queue.append(re.sub(r"^(/language/[\w-]+/)\?.*", r"\1?next=/", target))
            if fragment and target == address:
                anchors[address, fragment] = f'id="{fragment}"' in html
    return answers, anchors


def test_every_link_leads_somewhere(client, open_site):
    answers, anchors = crawl(client)
    assert {address: answer for address, answer in answers.items() if answer[0] not in (200, 302)} == {}
    redirects = {address: target for address, (status, target) in answers.items() if status == 302}
    assert redirects == {
        "/accounts/2fa/webauthn/login/": "/accounts/login/",
        "/portal/": "/accounts/login/?next=/portal/",
        "/portal/messages/": "/accounts/login/?next=/portal/messages/",
        "/language/zh-hans/?next=/": "/",
        "/language/en/?next=/": "/",
    }
    assert [anchor for anchor, is_there in anchors.items() if not is_there] == []
    expected = {
        "/",
        "/notices/",
        "/notices/forum/",
        "/notices/old-21/",
        "/notices/?page=2",
        "/notices/?category=policy",
        "/notices/?category=receipt",
        f"/notices/attachments/{open_site.attachments.get().pk}/",
        "/static/portal.css",
    }
    assert expected <= set(answers)
    assert [address for address in answers if re.match(r"/notices/\?.*year=20\d\d", address)] != []


def test_a_dead_link_would_be_found(client, open_site):
    open_site.body = [("paragraph", '<p><a href="/nowhere/">此处</a></p>')]
    open_site.save()
    answers, _ = crawl(client)
    assert [address for address, answer in answers.items() if answer[0] == 404] == ["/nowhere/"]
