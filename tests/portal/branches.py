"""What the tests of branches have in common: a unit in a branch, what is posted, how a page is read."""

from bs4 import BeautifulSoup
from django.utils import translation
from django.utils.translation import gettext

from membership.audit.models import AuditEntry
from membership.units.models import Body, Membership, Review
from membership.units.states import MembershipState
from tests.factories import MembershipFactory
from tests.portal.conftest import look

S = MembershipState
TABLE = "/portal/unit/branches/"
APPLY = f"{TABLE}quality/apply/"
LI = {
    "contact_department": "质量部",
    "contact_name": "李四",
    "contact_phone": "13811138111",
    "qq": "",
    "email": "",
}


def branch(slug="quality"):
    return Body.objects.get(slug=slug)


def of(unit, slug="quality"):
    return Membership.objects.filter(unit=unit, body__slug=slug).first()


def entered(number=0, **changed):
    """What the form posts; `number` is that of the round it was made from."""
    return LI | {"round": number} | changed


def in_branch(unit, state, slug="quality", remark=""):
    """The unit in the branch, in any state."""
    standing = {"active": True} if state in {S.ACTIVE, S.SUSPENDED} else {}
    fields = {"draft": True} if state == S.DRAFT else {**standing, "state": state}
    return MembershipFactory(unit=unit, body=branch(slug), remark=remark, **fields, **LI)


def rows(page):
    """[[branch, level, state, operations]] as one reads them."""

    def words(cell):
        for hidden in cell.select(".visually-hidden"):
            hidden.extract()
        return cell.get_text(" ", strip=True)

    return [[words(cell) for cell in row.select("th, td")] for row in page.select("main tbody tr")]


def row(page, name="质量分会"):
    return next(found[1:] for found in rows(page) if found[0] == name)


def errors(page):
    """{field: sentence} as they stand beside the fields."""
    found = {}
    for box in page.select("main .field__error[id]"):
        box.select_one(".visually-hidden").extract()
        found[box["id"].removeprefix("id_").removesuffix("_error")] = box.text.strip()
    return found


def look_at(response, status):
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def facts(page):
    return {line.dt.text: line.dd.text.strip() for line in page.select("main dl > div")}


def in_chinese(words):
    """A sentence of the verbs as members read it."""
    with translation.override("zh-hans"):
        return gettext(words)


def toast(client):
    """What is said after the redirect."""
    return [banner.p.text for banner in look(client, TABLE).select(".banner")]


def nothing_happened(unit, before):
    return (Membership.objects.filter(unit=unit).count(), Review.objects.count(), AuditEntry.objects.count()) == before


def counted(unit):
    return Membership.objects.filter(unit=unit).count(), Review.objects.count(), AuditEntry.objects.count()
