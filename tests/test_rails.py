"""After a test that commits, the next one finds what the migrations made, and nothing else."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType

from cms.models import NoticeCategory
from membership.tracking import actions
from membership.units.models import Body, Level, Unit
from tests.factories import UnitFactory, members_index, notice


def look():
    """What the migrations made is there with its keys, nothing else is, and new rows can be made."""
    assert (Body.objects.count(), Level.objects.count(), NoticeCategory.objects.count()) == (6, 10, 6)
    assert (Unit.objects.count(), members_index().get_children().count()) == (0, 0)
    editors = Group.objects.get(name="编辑")
    assert "view_delivery" in editors.permissions.values_list("codename", flat=True)
    page_type = ContentType.objects.get_for_model(members_index())
    assert members_index().content_type_id == page_type.pk

    UnitFactory(certified=True)
    assert actions.deliver(notice()) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("time", [1, 2])
def test_migrated_rows_come_back_for_the_next_that_commits(time):
    look()


def test_migrated_rows_come_back_for_an_ordinary_test(request):
    """Asks for the database late: pytest-django would otherwise run it before all that commit."""
    request.getfixturevalue("db")
    look()
