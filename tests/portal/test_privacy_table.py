"""Every address that hands out a receipt, a file of one, or a file of a notice × everybody who may ask for it."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from cms.models import ActivityPage, NoticePage
from membership.audit.models import AuditEntry
from membership.jobs.models import Job
from membership.tracking import actions
from membership.tracking.models import Attendee, Delivery, Opinion, Receipt, ReceiptDraft
from membership.tracking.states import Export
from membership.units.models import Document, Membership
from membership.units.states import MembershipState
from tests.cms.conftest import staff
from tests.factories import UserFactory, clerk, notice
from tests.files import pdf
from tests.portal.api.conftest import API
from tests.portal.conftest import LI, attach, deliberation, deliver, in_days, member, opinions, rows

pytestmark = pytest.mark.django_db

MARK = "不得外泄"
PLACES = (
    "portal/messages/<",
    "portal/documents/<",
    "cms/notices/<",
    "cms/notices/deliveries/",
    "cms/notices/receipts/",
)
PLACES += ("cms/notices/receipt-files/", "cms/notices/attachments/", "cms/jobs/<int:pk>/")
PLACES += ("api/member/v1/messages/<", "api/member/v1/documents/<", "notices/attachments/<")
JSON = "application/json"


class World:
    """A meeting that our unit has answered with a person and a file, a deliberation that is over, and the files made.

    `way[name]` is (method, address, what is posted).
    """

    def __init__(self, ours, editor):
        rules = [{"kind": "unit", "unit": ours.unit}]
        when = {"starts_at": in_days(9), "ends_at": in_days(10), "venue": MARK, "deadline": in_days(7)}
        fields = {"receipt_kind": "attendance", "upload_required": False, "title": f"{MARK}会议", "rules": rules}
        self.meeting = notice(model=ActivityPage, **when, **fields)
        placement = attach(self.meeting, f"{MARK}.pdf")
        self.delivery = deliver(self.meeting)[ours.unit]
        url = f"/portal/messages/{self.delivery.pk}/"
        people = rows(LI | {"name": MARK})
        ours.client.post(f"{url}receipt/", {"version": 0, **people, "file": pdf(f"{MARK}.pdf")})
        self.receipt = Receipt.objects.get()
        ours.client.post(f"{url}receipt/draft/", {"version": 1, "draft_version": 0, **people})
        self.matter = deliberation(title=f"{MARK}审议", rules=rules)
        decided = deliver(self.matter)[ours.unit]
        ours.client.post(
            f"/portal/messages/{decided.pk}/receipt/", {"version": 0, **opinions(self.matter, comment=MARK)}
        )
        NoticePage.objects.filter(pk=self.matter.pk).update(deadline=timezone.now() - timedelta(seconds=1))
        actions.freeze_result(NoticePage.objects.get(pk=self.matter.pk))
        self.job = actions.request_export(self.meeting, by=editor, what=Export.WORKBOOK)
        document, api = self.receipt.document_id, f"{API}/messages/{self.delivery.pk}"
        said, stored = {"version": 0, "attendees": [LI]}, placement.attachment_id
        person = Attendee.objects.get()
        came = {f"seen-{person.pk}": "", f"entry-{person.pk}": "came"}
        self.way = {
            "message": ("get", url, None),
            "submit": ("post", f"{url}receipt/", {"version": 0}),
            "draft": ("post", f"{url}receipt/draft/", {"version": 0, "draft_version": 0}),
            "copy": ("get", f"{url}receipt/copy/", None),
            "done": ("get", f"{url}receipt/done/", None),
            "calendar": ("get", f"{url}calendar.ics", None),
            "attachment": ("get", f"{url}attachments/{placement.pk}/", None),
            "attachment view": ("get", f"{url}attachments/{placement.pk}/view/", None),
            "attachment page": ("get", f"{url}attachments/{placement.pk}/pages/1/", None),
            "document": ("get", f"/portal/documents/{document}/", None),
            "document view": ("get", f"/portal/documents/{document}/view/", None),
            "document page": ("get", f"/portal/documents/{document}/pages/1/", None),
            "api message": ("get", api, None),
            "api read": ("post", f"{api}/read", {}),
            "api receipt": ("put", f"{api}/receipt", said),
            "api draft": ("get", f"{api}/receipt/draft", None),
            "api upload": ("post", f"{api}/receipt/files", {"file": pdf}),
            "api attachment": ("get", f"{api}/attachments/{placement.pk}", None),
            "api document": ("get", f"{API}/documents/{document}", None),
            "board": ("get", reverse("notices:board", args=[self.meeting.pk]), None),
            "remind": ("get", reverse("notices:remind", args=[self.meeting.pk]), None),
            "deadline": ("get", reverse("notices:extend_deadline", args=[self.meeting.pk]), None),
            "recall": ("get", reverse("notices:recall", args=[self.meeting.pk]), None),
            "reminders": ("get", reverse("notices:notice_reminders", args=[self.meeting.pk]), None),
            "reminders part": ("get", reverse("notices:notice_reminders_results", args=[self.meeting.pk]), None),
            "enter": ("get", reverse("notices:enter_receipt", args=[self.delivery.pk]), None),
            "receipt": ("get", reverse("notices:receipt", args=[self.receipt.pk]), None),
            "receipt file": ("get", reverse("notices:receipt_file", args=[document]), None),
            "attachment file": ("get", reverse("notices:attachment", args=[stored]), None),
            "attachment file view": ("get", reverse("notices:attachment_view", args=[stored]), None),
            "attachment file page": ("get", reverse("notices:attachment_page", args=[stored, 1]), None),
            "open attachment": ("get", reverse("home:attachment", args=[placement.pk]), None),
            "open attachment view": ("get", reverse("home:attachment-view", args=[placement.pk]), None),
            "open attachment page": ("get", reverse("home:attachment-page", args=[placement.pk, 1]), None),
            "attendance": ("get", reverse("notices:attendance", args=[self.meeting.pk]), None),
            "attendance entry": ("post", reverse("notices:attendance", args=[self.meeting.pk]), came),
            "sign-in sheet": ("get", reverse("notices:sign_in_sheet", args=[self.meeting.pk]), None),
            "place cards": ("get", reverse("notices:place_cards", args=[self.meeting.pk]), None),
            "sign-in workbook": ("get", reverse("notices:sign_in_workbook", args=[self.meeting.pk]), None),
            "result": ("get", reverse("notices:result", args=[self.matter.pk]), None),
            "result paper": ("get", reverse("notices:result_paper", args=[self.matter.pk]), None),
            "export": ("post", reverse("notices:export", args=[self.meeting.pk]), {"what": "workbook"}),
            "job": ("get", reverse("job_progress", args=[self.job.pk]), None),
            "job part": ("get", reverse("job_progress_part", args=[self.job.pk]), None),
            "job again": ("post", reverse("job_try_again", args=[self.job.pk]), {}),
            "job result": ("get", reverse("job_result", args=[self.job.pk]), None),
        }

    def ask(self, client, name):
        """The answer, read to its end: `answer.words` is what it says."""
        method, url, data = self.way[name]
        is_json = bool(data) and url.startswith(API) and "file" not in data
        if data and "file" in data:
            data = {"file": data["file"]()}
        more = {"content_type": JSON} if is_json else {}
        return read(getattr(client, method)(url, json.dumps(data) if is_json else data or {}, **more))


def read(answer):
    content = b"".join(answer) if answer.streaming else answer.content
    answer.words = content.decode(errors="replace")
    return answer


ATTACHMENT = ("attachment", "attachment view", "attachment page")
PORTAL = ("message", "submit", "draft", "copy", "done", "calendar", *ATTACHMENT)
OPEN = ("open attachment", "open attachment view", "open attachment page")  # for notices that are public
FILES = ("document", "document view", "document page")
PROGRAM = ("api message", "api read", "api receipt", "api draft", "api upload", "api attachment", "api document")
BOARD = ("board", "reminders", "reminders part")
ATTENDANCE = ("attendance", "sign-in sheet", "sign-in workbook", "place cards")
RECEIPTS = ("receipt", "receipt file", "result", "result paper", *ATTENDANCE)
MANAGED = ("remind", "deadline", "recall", "enter")
ATTACHED = ("attachment file", "attachment file view", "attachment file page")
JOBS = ("job", "job part", "job result")


def each(names, outcome):
    return dict.fromkeys(names, outcome)


OFFICE_SHUT = (*BOARD, *RECEIPTS, *MANAGED, "attendance entry", *ATTACHED, "export", *JOBS, "job again")
MEMBER = each(OFFICE_SHUT, "login")
FOREIGN = each((*PORTAL, *FILES, *PROGRAM, *OPEN), 404) | MEMBER
OWN = {
    **each(("message", "copy", "done", "calendar", *ATTACHMENT), 200),
    "submit": 422,
    "draft": 409,
    "api receipt": 409,
    "api upload": 201,
    "api read": 204,
    **each((*FILES, "api message", "api draft", "api attachment", "api document"), 200),
    **each(OPEN, 404),
    **MEMBER,
}
# Staff read receipts in the office: the members' pages show nothing to them but the file itself.
OFFICE = each(PORTAL, 403) | each(PROGRAM, 403) | each(OPEN, 404)
READERS = (
    OFFICE
    | each((*FILES, *BOARD, *RECEIPTS), 200)
    | each((*MANAGED, "attendance entry", "job again"), "refused")
    | {"export": "job"}
    | each((*ATTACHED, *JOBS), 404)
)
MANAGERS = READERS | each((*MANAGED, *ATTACHED), 200) | {"attendance entry": "back"}
NO_RIGHT = (
    OFFICE
    | each((*FILES, "receipt file", *ATTACHED, *JOBS), 404)
    | each((*BOARD, "receipt", "result", "result paper", *ATTENDANCE), "refused")
    | each((*MANAGED, "attendance entry", "export", "job again"), "refused")
)
EXPECTED = {
    "owner": OWN,
    "outsider": FOREIGN,
    "addressed outsider": FOREIGN,
    "own unit, left": OWN | each(PORTAL, 403) | each(PROGRAM[:-1], 403),
    "seat removed": FOREIGN | each(PORTAL, 403) | each(PROGRAM, 403),
    "visitor": each((*PORTAL, *FILES, *OFFICE_SHUT), "login") | each(PROGRAM, 401) | each(OPEN, 404),
    "编辑": MANAGERS,
    "the editor who asked": MANAGERS | each(JOBS, 200),
    "会员审核": READERS,
    "秘书长": READERS | {"recall": 200},
    "系统管理员": MANAGERS | {"job again": 404},
    "财务": NO_RIGHT,
    "分会秘书": NO_RIGHT,
    "staff without a group": NO_RIGHT | each(OFFICE_SHUT, "login"),
}


@pytest.fixture
def editor():
    return staff("编辑")


@pytest.fixture
def world(ours, editor):
    return World(ours, editor)


def addressed_outsider():
    """Of a unit that was sent something else."""
    other = member("别的收件有限公司", "王五")
    deliver(notice(rules=[{"kind": "unit", "unit": other.unit}]))
    return other.user


def of_a_unit_that_left(ours):
    Membership.objects.filter(unit=ours.unit).update(state=MembershipState.LEFT)
    return ours.user


def former_colleague(ours):
    person = clerk(ours.unit, duty="agent", name="钱七")
    person.seat.delete()
    return type(person).objects.get(pk=person.pk)


@pytest.fixture
def asker(ours, editor, world):
    """A browser of whoever asks."""
    people = {
        "owner": lambda: ours.user,
        "outsider": lambda: member("局外建设有限公司", "王五").user,
        "addressed outsider": addressed_outsider,
        "own unit, left": lambda: of_a_unit_that_left(ours),
        "seat removed": lambda: former_colleague(ours),
        "the editor who asked": lambda: editor,
        "staff without a group": lambda: UserFactory(staff=True),
    }

    def _asker(who):
        client = Client()
        if who != "visitor":
            client.force_login(people[who]() if who in people else staff(who))
        return client

    return _asker


def outcome(answer):
    """The status, or for those who are sent elsewhere the word for it."""
    if answer.status_code != 302:
        return answer.status_code
    to = answer["Location"]
    if to.startswith(("/accounts/login/", "/cms/login/")):
        return "login"
    if to.startswith("/cms/jobs/"):
        return "job"
    return "refused" if to == "/cms/" else "back"


def everything():
    nouns = (Delivery, Receipt, Opinion, Attendee, ReceiptDraft, Document, AuditEntry)
    return {noun.__name__: list(noun.objects.order_by("pk").values()) for noun in nouns} | {"Job": Job.objects.count()}


def addresses(patterns, before=""):
    """Every route of the project, as Django writes it."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route


def test_no_address_is_missing_in_the_table(world):
    known = {resolve(url).route for _method, url, _data in world.way.values()}
    there = {route for route in addresses(get_resolver().url_patterns) if route.startswith(PLACES)}
    assert sorted(there - known) == []
    assert sorted(known - there) == []


@pytest.mark.parametrize("who", EXPECTED)
def test_who_gets_what(world, asker, who):
    client, before = asker(who), everything()
    answers = {name: world.ask(client, name) for name in world.way}

    found = {name: outcome(answer) for name, answer in answers.items()}
    assert found == {name: EXPECTED[who][name] for name in world.way}
    shut = [name for name in world.way if found[name] not in {200, 201, 409, 422}]
    assert [name for name in shut if MARK in answers[name].words] == []
    if set(found.values()) <= {401, 403, 404, "login", "refused"}:
        assert everything() == before


# --- What is taken back, not yet returned, or made for somebody ------------------------------------------------------


def test_of_a_recalled_notice_nothing_is_left_but_what_the_unit_has_handed_in(ours, world, asker):
    """The unit keeps its own file; the office keeps everything."""
    actions.recall(world.meeting, reason="材料有误")
    found = {name: outcome(world.ask(ours.client, name)) for name in (*PORTAL, *FILES, *PROGRAM)}
    assert found == {
        **each(("copy", "calendar", *ATTACHMENT, "api attachment"), 404),
        "message": 410,
        "submit": 409,
        "draft": 409,
        "done": "back",
        "api message": 410,
        "api draft": 410,
        "api read": 410,
        "api receipt": 409,
        "api upload": 409,
        **each((*FILES, "api document"), 200),
    }
    page = world.ask(ours.client, "message").words
    assert ("材料有误" in page, world.meeting.venue in page.replace(world.meeting.title, "")) == (True, False)
    client = asker("编辑")
    kept = (*RECEIPTS, *ATTACHED)
    assert {name: outcome(world.ask(client, name)) for name in kept} == each(kept, 200)


def test_a_draft_is_seen_by_nobody_but_the_unit(ours, world, asker):
    """What was typed and not returned stands on no page of the office and in no file that it takes away."""
    values = {"attending": "no", "declined_because": f"{MARK}草稿"}
    ours.client.post(f"{world.way['draft'][1]}", {"version": 1, "draft_version": 1, **values})
    assert ReceiptDraft.objects.get().values["declined_because"] == f"{MARK}草稿"
    own = ours.client.get(f"{world.way['message'][1]}?revise=1")
    assert f"{MARK}草稿" in own.content.decode()
    for who in ("编辑", "系统管理员", "outsider", "seat removed"):
        client = asker(who)
        answers = [world.ask(client, name) for name in world.way]
        assert [answer for answer in answers if f"{MARK}草稿" in answer.words] == []
    assert ReceiptDraft.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "what"), [("编辑", Export.WORKBOOK), ("系统管理员", Export.BUNDLE), ("root", Export.BUNDLE)]
)
def test_a_file_made_for_one_colleague_is_handed_to_no_other(world, editor, who, what):
    job = actions.request_export(world.meeting, by=editor, what=what)
    own, other = Client(), Client()
    own.force_login(editor)
    other.force_login(UserFactory(root=True) if who == "root" else staff(who))
    addresses = [reverse(name, args=[job.pk]) for name in ("job_progress", "job_progress_part", "job_result")]
    assert [read(own.get(address)).status_code for address in addresses] == [200] * 3
    assert [read(other.get(address)).status_code for address in addresses] == [404] * 3
    assert Job.objects.get(pk=job.pk).result
