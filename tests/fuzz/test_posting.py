"""What counts as a fault of an answer; each with an answer that has none of it."""

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client

from membership.accounts.models import User
from tests.factories import UserFactory
from tests.fuzz.posting import Form, Tally, as_read, faults_of, post
from tests.fuzz.vectors import NAUGHTY, VECTORS

ME = "/portal/me/"


def kinds(answer, **typed):
    return sorted(kind for kind, _words in faults_of(answer, typed))


def page(value="李四", words="请填写姓名。", more=""):
    fields = f'<input name="name" value="{value}"><textarea name="remark">\n素食</textarea>{more}'
    return HttpResponse(f'<form>{fields}<div class="field__error">{words}</div></form>', status=422)


def test_there_are_24_vectors_and_about_500_naughty_strings():
    assert (len(VECTORS), len(NAUGHTY)) == (24, 499)


def test_a_form_that_says_why_and_keeps_everything_has_no_fault():
    assert kinds(page(), name="李四", remark="素食") == []
    assert kinds(HttpResponseRedirect("/"), name="李四") == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (HttpResponse(status=500), "server errors"),
        (page(value=""), "lost values"),
        (page(value="李"), "lost values"),
        (page(words="This field is required."), "English words"),
        (HttpResponse('<input name="name" value="李四">', status=422), "no words"),
    ],
)
def test_each_fault_is_found(answer, kind):
    assert kinds(answer, name="李四") == [kind]


def test_markup_that_comes_back_as_markup_is_found():
    script = "<script>alert(1)</script>"
    assert kinds(page(value="&lt;script&gt;alert(1)&lt;/script&gt;"), name=script) == []
    assert kinds(page(value="&lt;script&gt;alert(1)&lt;/script&gt;", more=script), name=script) == ["raw markup"]


FILE = "0a1b2c3d-0000-4000-8000-0123456789ab"
CHOSEN = f"""<select name="province"><option value="">--</option><option value="51" selected>四川</option></select>
<input type="radio" name="kind" value="normal" checked><input type="radio" name="kind" value="special">
<input type="checkbox" name="agree" checked><input type="hidden" name="document" value="{FILE}">"""
SENT = {"province": "51", "kind": "normal", "agree": "on", "document": FILE}


@pytest.mark.parametrize(
    ("gone", "found"),
    [
        ("", []),
        (" selected", ["lost values"]),
        (' value="normal" checked', []),
        (" checked", ["lost values", "lost values"]),
        (FILE, ["lost values"]),
    ],
)
def test_what_was_chosen_or_uploaded_counts_as_well(gone, found):
    """A choice that the page does not offer cannot be shown."""
    assert kinds(page(more=CHOSEN.replace(gone, "") if gone else CHOSEN), name="李四", **SENT) == found


@pytest.mark.parametrize(
    ("typed", "read"), [(["第一", "第二"], "第二"), ("甲\ud800乙", "甲���乙"), ("甲\r\n乙", "甲\n乙"), (1, "1")]
)
def test_what_a_server_reads(typed, read):
    assert as_read(typed) == read


@pytest.fixture
def form(db):
    browser = Client()
    browser.force_login(UserFactory(name="李四"))
    return Form(browser, ME, {"name": "李四", "position": "经理", "email": ""}, ["name"])


def test_lengths_come_from_the_page(form):
    assert form.longest == {"name": 50}
    assert post(form, "name", VECTORS["longest"]) == (302, [])
    assert post(form, "name", VECTORS["longer"]) == (422, [])


def test_a_post_is_taken_back(form):
    assert post(form, "name", "王五") == (302, [])
    assert list(User.objects.values_list("name", flat=True)) == ["李四"]


def test_a_server_that_fails_is_counted(form):
    def send(client, data):
        raise ValueError("broken")

    tally = Tally()
    assert tally.add(form, "name", "王五") == 302
    form.send = send
    assert tally.add(form, "name", "王五") == 500
    assert (tally.posts, tally.refused, tally.faults) == (2, 1, {"server errors": 1})
    assert "ValueError: broken" in tally.examples[0]


def test_what_a_form_says_it_has_lost_is_counted(form):
    form.send = lambda client, data: HttpResponseRedirect(ME)
    form.lost = lambda data: ["name"]
    assert post(form, "name", "王五") == (302, [("lost values", "name")])
