"""Employees who look at the registers."""

import pytest
from django.urls import reverse

from membership.units.models import Body, BodyStaff
from tests.membership.units.conftest import employee

GROUPS = ["编辑", "会员审核", "分会秘书", "财务", "秘书长", "系统管理员"]
READ_ALL = ["会员审核", "财务", "秘书长", "系统管理员"]


def url(view, *args, register="units"):
    return reverse(f"{register}_modeladmin_{view}", args=args)


def tab(unit, name):
    return f"{url('inspect', unit.pk)}?tab={name}"


@pytest.fixture
def log_in(client):
    """log_in("财务"), or log_in("分会秘书", body) for the secretary of a branch."""

    def as_group(group, *bodies):
        user = employee(group)
        for body in bodies:
            BodyStaff.objects.create(user=user, body=body)
        client.force_login(user)
        return user

    return as_group


@pytest.fixture
def branches():
    """Two branches; units stand in the first, the second or in neither."""
    return list(Body.objects.open_branches()[:2])
