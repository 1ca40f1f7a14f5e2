"""Parts of pages that are drawn once: whatever changes is seen at once, and nobody sees what is another's."""

import re
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone, translation

from cms.models import AssociationSettings, NoticeCategory
from membership.tracking import actions
from membership.tracking.models import Delivery
from membership.units.models import Unit
from membership.units.states import MembershipState
from portal.kept import drawn, drawn_rows
from portal.marks import Line, Mark
from portal.shell import Identity, Menu, Rail
from tests.factories import notice
from tests.portal.conftest import badges, deliver, in_days, look, put

pytestmark = pytest.mark.django_db

LIST = "/portal/messages/"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
RAIL = "portal/shell/_rail.html"


def rail(name):
    return Rail(Identity(name, "已认证", "ok", ("大协会普通会员",)), Menu("messages", True, 3))


def line(title):
    return Line(title, "通知", True, False, "none", Mark.UNREAD, timezone.now(), None, None, None, False, 2026)


def test_a_part_is_drawn_once_for_the_same_value_and_language():
    ours, same, other = (rail(name) for name in ("甲", "甲", "乙"))
    assert drawn(RAIL, ours) is drawn(RAIL, same)
    assert "甲" not in drawn(RAIL, other)
    with translation.override("en"):
        assert 'aria-label="Your unit"' in drawn(RAIL, ours)
    assert 'aria-label="Your unit"' not in drawn(RAIL, ours)


@override_settings(DEBUG=True)
def test_who_writes_templates_sees_each_change():
    value = rail("甲")
    assert drawn(RAIL, value) is not drawn(RAIL, value)


def test_what_is_shown_is_escaped_as_everywhere():
    assert "&lt;b&gt;" in drawn(RAIL, rail("<b>"))
    rows = drawn_rows("portal/messages/_row.html", [(line("{0}{<b>"), 7), (line("{0}{<b>"), 8)])
    address = reverse("portal:messages")
    assert [rows.count(f'<a href="{address}{number}/">{{0}}{{&lt;b&gt;</a>') for number in (7, 8)] == [1, 1]


def test_kept_templates_know_nothing_of_the_request():
    """They get `shown` alone; a token, a person or an address of the page in one of them would be a mistake."""
    asked = re.compile(r'{% kept(?:_form)? "([^"]+)"')
    names = {name for path in TEMPLATES.rglob("*.html") for name in asked.findall(path.read_text())}
    names |= {"components/pagination.html", "components/language_links.html", "portal/messages/_row.html"}
    assert len(names) > 10
    left = list(names)
    while left:  # and what they include
        included = set(re.findall(r'{% include "([^"]+)"', (TEMPLATES / left.pop()).read_text())) - names
        names |= included
        left += included
    assert "portal/messages/_form.html" in names
    for name in sorted(names):
        words = (TEMPLATES / name).read_text()
        # The one form that is drawn for one unit alone as well: with its own token where there is nothing `shown`.
        words = words.replace("{% if shown %}{{ shown.token }}{% else %}{% csrf_token %}{% endif %}", "")
        assert not re.search(r"csrf|request|nonce|user\.|shell\.|perms|messages %}|{% now", words), name


def shown_to(member, path=LIST):
    page = look(member.client, path)
    return page.select_one(".identity__name").text, [row.a.text for row in page.select(".msg")]


def test_each_unit_sees_its_own_card_messages_and_addresses(ours, outsider):
    both = deliver(notice(title="给大家", rules=[{"kind": "unit", "unit": u} for u in (ours.unit, outsider.unit)]))
    deliver(notice(title="只给对方", rules=[{"kind": "unit", "unit": outsider.unit}]))
    for _again in range(2):
        assert shown_to(ours) == (ours.unit.name, ["给大家"])
        assert shown_to(outsider) == (outsider.unit.name, ["只给对方", "给大家"])
    for who in (ours, outsider):
        links = [link["href"] for link in look(who.client, LIST).select(".msg a") if link.text == "给大家"]
        assert links == [f"{LIST}{both[who.unit].pk}/"]


def test_a_change_is_seen_at_once(ours):
    page = notice(title="旧题", category="notice", deadline=in_days(5))
    delivery = deliver(page)[ours.unit]
    first = look(ours.client, LIST)
    assert (badges(first)["通知"], first.select_one(".msg")["class"]) == (1, ["msg", "msg--unread"])
    page.title = "新题"
    page.save()
    Unit.objects.filter(pk=ours.unit.pk).update(name="改名后的单位")
    NoticeCategory.objects.filter(slug="notice").update(name="改名后的分类")
    association = AssociationSettings.load()
    association.name, association.support_phone = "改名后的协会", "010-88888888"
    association.save()
    actions.mark_read(Delivery.objects.get(pk=delivery.pk), by=ours.user)
    shown = look(ours.client, LIST)
    assert shown_to(ours) == ("改名后的单位", ["新题"])
    assert ("改名后的分类" in badges(shown), shown.select_one(".msg")["class"]) == (False, ["msg"])
    assert shown.select_one(".msg__cat").text == "改名后的分类"
    assert shown.select_one(".brand__org").text == "改名后的协会"
    assert shown.select_one(".site-footer__items a").text == "010-88888888"


def test_menu_and_card_follow_the_standing(ours):
    assert len(look(ours.client, "/portal/").select(".rail__link")) == 5
    put(ours.unit, MembershipState.SUSPENDED)
    page = look(ours.client, "/portal/")
    assert (len(page.select(".rail__link")), page.select(".identity__standing li")) == (3, [])
    put(ours.unit, MembershipState.ACTIVE)
    assert len(look(ours.client, "/portal/").select(".rail__link")) == 5


def test_no_token_is_kept(ours, outsider):
    tokens = [
        field["value"]
        for who in (ours, outsider, ours)
        for field in look(who.client, LIST).select("[name=csrfmiddlewaretoken]")
    ]
    assert len(tokens) == len(set(tokens)) == 3
