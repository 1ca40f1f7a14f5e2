"""The people who have or need a second factor."""

import pytest

from tests.factories import UnitFactory, clerk
from tests.membership.units.conftest import employee


@pytest.fixture
def required(settings):
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def editor():
    return employee("编辑", phone="+8613800000001", name="王晓编")


@pytest.fixture
def member():
    return clerk(UnitFactory(certified=True), phone="+8613811138111", name="李四")
