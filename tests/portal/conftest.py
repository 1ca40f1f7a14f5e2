"""A certified unit with its clerk, and the outsider unit that must never see what was sent to the first."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.db.models.functions import Coalesce, Now
from django.test import Client
from django.utils import timezone

from cms.models import AssociationSettings, Attachment, NoticeAttachment
from membership.tracking import actions
from membership.tracking.models import Delivery
from membership.tracking.states import ReceiptKind
from membership.units.models import Membership
from membership.units.states import BodyKind, MembershipState
from tests.factories import UnitFactory, clerk, notice
from tests.files import ofd_bytes, pdf
from tests.membership.dues.conftest import invoice_file, issue, open_books, pay, place


def member(unit_name, person):
    """A certified unit, its clerk, and a browser in which the clerk is logged in."""
    unit = UnitFactory(name=unit_name, certified=True)
    user = clerk(unit, name=person)
    client = Client()
    client.force_login(user)
    return SimpleNamespace(unit=unit, user=user, client=client)


def put(unit, state, remark=""):
    """Bring the unit's certification into a state."""
    handed_in = {} if state == MembershipState.DRAFT else {"submitted_at": Coalesce("submitted_at", Now())}
    certification = Membership.objects.filter(unit=unit, body__kind=BodyKind.ASSOCIATION)
    certification.update(state=state, remark=remark, **handed_in)


def deliver(page):
    """Deliver a notice; {unit: delivery}."""
    actions.deliver(page)
    return {
        delivery.unit: delivery for delivery in Delivery.objects.filter(notice=page).select_related("unit", "notice")
    }


def in_days(days):
    return timezone.now() + timedelta(days=days)


def attach(page, name="会议审议回执表.pdf", **fields):
    """A private file on the notice."""
    file = pdf(name)
    attachment = Attachment(title=name, original_name=name, size=file.size, sha256="0" * 64, mime="application/pdf")
    attachment.file.save(name, file)
    return NoticeAttachment.objects.create(page=page, attachment=attachment, **fields)


def deliberation(**fields):
    """A live notice with two matters to give an opinion on."""
    fields.setdefault("deadline", in_days(7))
    return notice(
        receipt_kind=ReceiptKind.DELIBERATION, items=["修订章程", "增补理事"], **{"upload_required": False, **fields}
    )


def meeting(**fields):
    """A live notice that asks who will come."""
    fields.setdefault("deadline", in_days(7))
    return notice(receipt_kind=ReceiptKind.ATTENDANCE, **{"upload_required": False, **fields})


def opinions(page, choice="agree", comment=""):
    """What the form posts when every matter gets the same opinion."""
    items = page.agenda_items.all()
    return {f"opinion_{i.pk}": choice for i in items} | {f"comment_{i.pk}": comment for i in items}


def rows(*persons, total=None):
    """What the table of attendees posts."""
    data = {"attendees-TOTAL_FORMS": len(persons) if total is None else total, "attendees-INITIAL_FORMS": 0}
    for number, person in enumerate(persons):
        data |= {f"attendees-{number}-{name}": value for name, value in person.items()}
    return data


def look(client, url, status=200):
    """The page as a person sees it, parsed."""
    response = client.get(url)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def badges(page):
    """The numbers that stand in red in the left menu and on the tabs."""
    spots = {"menu": page.select_one('.rail__link[href="/portal/messages/"]')}
    spots |= {tab.contents[0].strip(): tab for tab in page.select("main .tabs__link")}
    return {name: int(spot.select_one(".count").contents[0]) for name, spot in spots.items() if spot.select(".count")}


def line(page, title):
    """What the list says of one notice: mark before the title, the title, mark after it."""
    row = next(row for row in page.select(".msg") if row.a.text == title)
    before = [tag.text for tag in row.a.find_previous_siblings(class_="tag")]
    return before, row.a.text, [tag.text for tag in row.select(".msg__mark .tag")]


LI = {"name": "李四", "position": "总工程师", "mobile": "13811138111"}


@pytest.fixture(autouse=True)
def association(db):
    settings = AssociationSettings.load()
    settings.name, settings.phone = "示范省建设工程质量安全协会", "028-86000000"
    settings.save()
    AssociationSettings.current()
    return settings


@pytest.fixture
def ours(db):
    return member("示范工程检测有限公司", "李四")


@pytest.fixture
def outsider(db):
    return member("示范监理咨询有限公司", "王五")


@pytest.fixture
def agent(ours):
    """A colleague who acts for the unit without being its administrator, in a browser of their own."""
    client = Client()
    client.force_login(clerk(ours.unit, duty="agent", name="赵六"))
    return client


@pytest.fixture
def books(db):
    """The books of dues are open: a standard from 2026 on, an account to pay to, and the people of the desk."""
    return open_books()


@pytest.fixture
def order(ours, outsider, books):
    place(outsider.unit, outsider.user)
    return place(ours.unit, ours.user, years=3)


@pytest.fixture
def paid(order, books):
    pay(order, books.finance, payer_name="示范检测财务部")
    return order


@pytest.fixture
def invoice(paid, books):
    return issue(
        paid,
        books.finance,
        files=[invoice_file(paid, books.finance), invoice_file(paid, books.finance, "发票.ofd", ofd_bytes())],
    )


def titles(page):
    """The titles of the messages that a page lists."""
    return [link.text for link in page.select(".msg a")]
