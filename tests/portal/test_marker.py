"""A mark planted in everything that is private of one unit: its own people see it, nobody else does, anywhere.

Every address that the unit's own clerk comes to is then asked for by a visitor and by the clerk of another unit, beside
all that these come to by themselves: pages, search, feeds, calendars, sitemap, both APIs, pictures.
"""

import json
import re
from html import unescape
from urllib.parse import unquote, urljoin

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from cms.models import ActivityPage
from tests.factories import document, members_index, notice, open_index, qualification
from tests.files import pdf
from tests.membership.dues.conftest import invoice_file, issue, open_books, pay, place
from tests.portal.conftest import attach, deliberation, deliver, meeting, member, opinions, rows

# Wagtail leaves the temporary file of a picture that it draws to the garbage collector.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.references,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

MARK = "密语ZQX"
PRIVATE_ROOMS = ("units", "tracking", "dues", "messaging", "jobs", "accounts")
# Facts that all members, or the public, are told.
SHARED = {"Body", "Level", "BranchQuestion", "QualificationCategory", "DuesStandard", "MessageText", "User"}
LINK = re.compile(r"""(?:href|src|action|hx-get)="(/[^"#]*)""")
LEFT_OUT = re.compile(r"/(static|language|cms|dev|captcha|accounts/logout)/")
MOST = 250  # pages of a crawl
OPEN = ["/", "/sitemap.xml", "/robots.txt", "/calendar.ics", "/feeds/notices.rss", "/feeds/notices.atom"]
OPEN += [f"/search/?q={each}" for each in (MARK, "密语", "zqx", "通知", "会")]
CONTENT = "/api/content/v2/"
OPEN += [f"{CONTENT}{each}/?limit=50&fields=*" for each in ("pages", "images", "documents")]
OPEN += [f"{CONTENT}pages/?search=密语ZQX", f"{CONTENT}pages/?type=cms.NoticePage&fields=*&limit=50"]


@pytest.fixture
def ours():
    """A unit with something of every kind, each of it marked."""
    ours = member(f"{MARK}建设有限公司", f"{MARK}经办")
    ours.unit.business_license = document(ours.unit, by=ours.user)
    ours.unit.save()
    qualification(ours.unit)
    page = deliberation(title=f"{MARK}事项", rules=[{"kind": "unit", "unit": ours.unit}], **_marked())
    attach(page, f"{MARK}.pdf")
    ours.client.post(
        f"/portal/messages/{deliver(page)[ours.unit].pk}/receipt/",
        {"version": 0, **opinions(page, "disagree", MARK), "file": pdf(f"{MARK}.pdf")},
    )
    page = meeting(title=f"{MARK}会议", rules=[{"kind": "unit", "unit": ours.unit}], **_marked())
    person = {"name": MARK, "position": MARK, "mobile": "13811138111"}
    ours.client.post(
        f"/portal/messages/{deliver(page)[ours.unit].pk}/receipt/",
        {"version": 0, "attendance": "yes", "is_coming": "True", **rows(person), "file": pdf()},
    )
    books = open_books()
    order = place(ours.unit, ours.user, payer_name=MARK, contact_name=MARK, invoice_title=MARK)
    pay(order, books.finance, payer_name=MARK)
    issue(order, books.finance, files=[invoice_file(order, books.finance, f"{MARK}.pdf")])
    _plant(ours.user)
    return ours


def _marked():
    picture = get_image_model().objects.create(title=MARK, file=get_test_image_file(filename=f"{MARK}.png"))
    body = [("paragraph", f"<p>{MARK}</p>"), ("image", {"image": picture, "caption": MARK})]
    return {"body": body, "document_no": MARK, "contact": MARK, "search_description": MARK}


def _plant(user):
    """Put the mark into every text of every row that there is by now; what a constraint holds stays as it is."""
    type(user).objects.filter(pk=user.pk).update(name=MARK, email=f"{MARK}@example.com")
    for room in PRIVATE_ROOMS:
        for model in apps.get_app_config(room).get_models():
            if model.__name__ in SHARED or model.__name__.endswith("Settings"):
                continue
            for name in _texts(model):
                try:
                    with transaction.atomic():
                        model.objects.filter(pk__in=model.objects.values("pk")).update(**{name: MARK})
                except IntegrityError:
                    continue


def _texts(model):
    for field in model._meta.concrete_fields:
        is_text = type(field) in {models.CharField, models.TextField} and not field.choices
        if is_text and not field.unique and (field.max_length or 99) >= 20 and not re.search(HANDLES, field.name):
            yield field.name


# Not words but handles of the machine: names of jobs, keys, states.
HANDLES = r"(^|_)(key|slug|state|status|name_of|verb|mime|sha256|kind|gateway|template|event|purpose|task)|^name$"


def _drafts_and_future():
    """Open pages that are not out: a draft, one that is scheduled, one that has run out."""
    soon = timezone.now() + timezone.timedelta(days=3)
    notice(index=open_index(), slug="draft", title=f"{MARK}草稿", live=False, **_marked())
    notice(index=open_index(), slug="scheduled", title=f"{MARK}待发", live=False, go_live_at=soon)
    notice(index=open_index(), slug="over", title=f"{MARK}过期", live=False, expired=True)
    dates = {"starts_at": soon, "ends_at": soon, "venue": MARK}
    notice(index=members_index(), slug="inner", title=f"{MARK}活动", model=ActivityPage, **dates, **_marked())
    live = notice(index=open_index(), slug="corrected", title="公开通知", body=[("paragraph", "<p>公开内容</p>")])
    live.title = f"{MARK}改稿"
    live.save_revision()


def told(response):
    """All that an answer says: headers, body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if "json" in response.headers.get("Content-Type", ""):
        body = json.dumps(json.loads(body), ensure_ascii=False).encode()  # Chinese is escaped there
    headers = " ".join(unquote(value) for value in response.headers.values())
    return unquote(unescape(f"{headers} {body.decode(errors='replace')}"))


def crawl(client, starts):
    """{address: what it says} of everything that links lead to from here."""
    waiting, seen = list(starts), {}
    while waiting and len(seen) < MOST:
        address = waiting.pop(0)
        if address in seen or LEFT_OUT.match(address):
            continue
        response = client.get(address)
        assert response.status_code < 500, address
        seen[address] = told(response)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            waiting += [urljoin(address, unescape(link)) for link in LINK.findall(response.content.decode())]
    return seen


def operations(client):
    """Addresses of the member API that need nothing to be known."""
    paths = client.get("/api/member/v1/openapi.json").json()["paths"]
    return [path for path, verbs in paths.items() if "get" in verbs and "{" not in path]


def saying(seen, words):
    return sorted(address for address, said in seen.items() if any(word in said for word in words))


def test_what_is_private_is_said_to_nobody_else(ours):
    _drafts_and_future()
    outsider = member("示范监理咨询有限公司", "王五")
    place(outsider.unit, outsider.user)
    notice_for_all = deliberation(title="面向全体的事项")
    deliver(notice_for_all)
    call_command("update_index", verbosity=0)
    inside = ["/portal/", *operations(ours.client)]
    own = crawl(ours.client, inside)
    seen_by_owner = saying(own, [MARK])
    for part in ("/portal/unit/", "/portal/messages/", "/portal/orders/", "/api/member/v1/"):
        assert [address for address in seen_by_owner if address.startswith(part)], part

    pictures = [rendition.url for rendition in _renditions()]
    assert pictures
    secret = [MARK, MARK.lower(), *pictures]
    asked = [*OPEN, *own]
    assert _without_questions(saying(crawl(Client(), OPEN), secret)) == []
    for person in (Client(), outsider.client):
        answers = {address: told(person.get(address)) for address in asked if not LEFT_OUT.match(address)}
        assert _without_questions(saying(answers, secret)) == []
    starts = ["/portal/", "/", *operations(outsider.client)]
    assert _without_questions(saying(crawl(outsider.client, starts), secret)) == []


def _renditions():
    return get_image_model().get_rendition_model().objects.filter(image__title=MARK)


def _without_questions(addresses):
    """The search repeats what it was asked; that is no secret told."""
    return [address for address in addresses if MARK not in address and MARK.lower() not in address.lower()]
