"""People of the association's office, and the editor's form as the browser sends it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.models import NoticeCategory
from tests.factories import UnitFactory, UserFactory, members_index

SEVERAL = (
    "to_bodies",
    "to_levels",
    "to_types",
    "to_provinces",
    "to_dues",
    "to_units",
    "not_to_units",
    "attendee_columns",
)
GROUPS = ["编辑", "会员审核", "分会秘书", "财务", "秘书长", "系统管理员"]


def staff(group, **kwargs):
    """A colleague with this role."""
    user = UserFactory(staff=True, **kwargs)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def editor(client):
    """An editor who is logged in."""
    user = staff("编辑", name="王编辑")
    client.force_login(user)
    return user


@pytest.fixture
def log_in(client):
    """Log in as a colleague of a group, and return the client."""

    def as_group(group):
        client.force_login(staff(group))
        return client

    return as_group


@pytest.fixture
def unit():
    """The unit that notices are sent to."""
    return UnitFactory(certified=True, name="收件建设有限公司")


@pytest.fixture
def outsider():
    """A certified unit that is not meant; whoever finds its name where it has no business has found a leak."""
    return UnitFactory(certified=True, name="局外建设有限公司")


def in_days(days):
    return timezone.localtime() + timedelta(days=days)


def typed(moment):
    """A moment as it is typed into the editor."""
    return moment.strftime("%Y-%m-%d %H:%M")


def entries(*, category="notice", units=(), items=(), action="publish", **changes):
    """What the editor's form of a notice sends; `units` are those it goes to, `items` the titles of its matters.

    Inline rows that exist are given as dicts with their `id`. A value of None leaves the field out.
    """
    rows = [{"options": "", **(item if isinstance(item, dict) else {"title": item, "id": ""})} for item in items]
    data = {
        "title": "关于测试的通知",
        "slug": "test-notice",
        "category": NoticeCategory.objects.get(slug=category).pk if category else "",
        "document_no": "",
        "body": streamfield([("paragraph", rich_text("<p>正文</p>"))]),
        "attachments": inline_formset([]),
        "deliver_to_newcomers": "on",
        "receipt_kind": "none",
        "deadline": "",
        "agenda_items": inline_formset(rows, initial=sum(bool(row["id"]) for row in rows)),
        "allow_late": None,
        "attendee_columns": ["gender", "email", "remark"],
        "max_attendees": "",
        "quorum": "half",
        "majority": "half_present",
        "upload_required": "on",
        "notify_by_sms": None,
        "contact": "",
        "seo_title": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        "comments": inline_formset([]),
        **changes,
    }
    if units:
        data["to_units"] = [unit.pk for unit in units]
    several = {name: data.pop(name) for name in SEVERAL if data.get(name) is not None}
    sent = nested_form_data({name: value for name, value in data.items() if value is not None}) | several
    if action:
        sent[f"action-{action}"] = "on"
    return sent


def add_url(index=None, model="noticepage"):
    return reverse("wagtailadmin_pages:add", args=["cms", model, (index or members_index()).pk])


def edit_url(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def words(response):
    """All sentences that the answer shows beside fields: {field: [sentences]}, with those of the matters."""
    form = response.context["form"]
    found = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
    matters = [str(error) for error in form.formsets["agenda_items"].non_form_errors()]
    return found | ({"agenda_items": matters} if matters else {})
