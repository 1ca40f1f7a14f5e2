"""Chromium refuses nothing on any page that a visitor, a member or the office may open: the `visit` fixture listens.

What is done on the pages (date pickers, choosers, uploads) is listened to in the journeys.
"""

from collections import deque

import pytest
from django.test import Client

from tests.authz.routes import address, routes
from tests.authz.world import World

FACES = {
    "anonymous": lambda route: not route.startswith("cms/"),
    "A": lambda route: route.startswith(("portal/", "accounts/")),
    "root": lambda route: route.startswith("cms/"),
}
LEAVES_OPEN = "/preview/width-100/"  # Wagtail's, a file: no page
LEAVES = ("/cms/failwhale/", "/accounts/logout/", "/cms/logout/")


def is_page(answer):
    if answer.streaming:
        deque(answer.streaming_content, maxlen=0)  # its file is closed at the end
        return False
    return (
        answer.status_code == 200
        and answer["Content-Type"].startswith("text/html")
        and not answer.has_header("Content-Disposition")
        and b"<html" in answer.content[:3000]
    )


def pages(actor, user, fills):
    """The addresses of this face that answer with a whole page."""
    client = Client()
    if user:
        client.force_login(user)
    found = [address(route, fills) for route in routes() if FACES[actor](route)]
    return [
        url
        for url in dict.fromkeys(found)
        if url not in LEAVES and not url.endswith(LEAVES_OPEN) and is_page(client.get(url))
    ]


@pytest.mark.filterwarnings("ignore:Exception ignored in. <function SpooledTemporaryFile")  # Wagtail's pictures
@pytest.mark.parametrize("actor", FACES)
def test_no_page_does_what_its_policy_refuses(visit, live_server, actor):
    world = World()
    addresses = pages(actor, world.people[actor], world.fills)
    assert len(addresses) > 12
    page = visit()
    if world.people[actor]:
        client = Client()
        client.force_login(world.people[actor])
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    for url in addresses:
        answer = page.goto(url, wait_until="load")
        assert answer.status == 200, url


def test_what_the_policy_refuses_is_not_run_and_noticed(browser, live_server):
    """The negative twin, without the fixture that would fail at once: inline code put into a page."""
    context, said = browser.new_context(base_url=live_server.url), []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.route("**/terms/", _with_inline_code)
    page.goto("/terms/")
    assert page.evaluate("window.ran") is None
    assert len([text for text in said if "Content Security Policy" in text]) == 1
    context.close()


def _with_inline_code(route):
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("</body>", "<script>window.ran = 1</script></body>"))
