"""Every form takes whatever is typed into any field of it: kept, or refused in Chinese with everything still there."""

import pytest
import time_machine

from tests.fuzz.forms import FORMS, made
from tests.fuzz.posting import SEE_OTHER, Tally
from tests.fuzz.vectors import NAUGHTY, VECTORS

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]

FIELDS_OF_EACH = 2  # into so many fields of a form each naughty string is typed; which, goes round
PARTS = 4  # of the naughty strings, for as many processes


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture(params=FORMS)
def form(request, db):
    return made(request.param)


@pytest.fixture
def tally(request, record_property):
    tally = Tally()
    yield tally
    record_property("fuzz", [request.node.callspec.params["form"], tally.posts, tally.refused, dict(tally.faults)])


def test_what_is_sound_goes_through(form, tally):
    """Else the tests below would post to a form that refuses everything for another reason."""
    name = form.texts[0]
    status = tally.add(form, name, form.sound.get(name, ""))
    assert (status in SEE_OTHER, tally.examples) == (True, [])


def test_every_vector_in_every_field(form, tally):
    for name in form.texts:
        for vector in VECTORS.values():
            tally.add(form, name, vector)
    assert tally.examples == []


@pytest.mark.parametrize("part", range(PARTS))
def test_naughty_strings(form, tally, part):
    names = form.texts
    for number in range(part, len(NAUGHTY), PARTS):
        for turn in range(min(FIELDS_OF_EACH, len(names))):
            tally.add(form, names[(number // PARTS + turn) % len(names)], NAUGHTY[number])
    assert tally.examples == []
