"""Every form takes whatever is typed into any field of it: kept, or refused in Chinese with everything still there."""

import pytest
import time_machine

from tests.fuzz.forms import FORMS, made
from tests.fuzz.posting import SEE_OTHER, Tally
from tests.fuzz.vectors import NAUGHTY, VECTORS

pytestmark = pytest.mark.django_db

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


def test_what_is_sound_goes_through_and_vectors_do_no_harm(form, tally, request):
    """A sample for every day: every second vector, in one field after the other."""
    names, first = form.texts, list(FORMS).index(request.node.callspec.params["form"]) % 2
    status = tally.add(form, names[0], form.sound.get(names[0], ""))
    assert (status in SEE_OTHER, tally.examples) == (True, [])
    for number, vector in enumerate(list(VECTORS.values())[first::2]):
        tally.add(form, names[number % len(names)], vector)
    assert tally.examples == []


@pytest.mark.fuzz
def test_every_vector_in_every_field(form, tally):
    for name in form.texts:
        for vector in VECTORS.values():
            tally.add(form, name, vector)
    assert tally.examples == []


@pytest.mark.fuzz
@pytest.mark.parametrize("part", range(PARTS))
def test_naughty_strings(form, tally, part):
    """Each in one field of each form; which, goes round."""
    names = form.texts
    for number in range(part, len(NAUGHTY), PARTS):
        tally.add(form, names[number // PARTS % len(names)], NAUGHTY[number])
    assert tally.examples == []
