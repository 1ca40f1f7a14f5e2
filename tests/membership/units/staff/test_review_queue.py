"""单位审核, 分会审核, 变更审核, 退会: who finds them, what their rows say, 指派, the counts on the start page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.units.models import MembershipSettings, Review
from membership.units.staff.queues import next_in_queue, reviewers
from membership.units.states import ReviewState
from membership.units.working_days import working_days_since
from tests.membership.units.conftest import secretary
from tests.membership.units.staff.conftest import applying, applying_to_branch, browser, page_of

pytestmark = pytest.mark.django_db

QUEUES = "/cms/reviews/"
ROLES = ["reviewer", "administrator", "root", "secretary_general", "finance"]
ALL_COUNTS = ["待审核单位 1", "待审核分会 1", "待审核变更 0", "待审核退会 1"]
SLUGS = ["units", "branches", "changes", "leaving"]


def names(page):
    return [cell.select_one("a").text.strip() for cell in page.select("td.title")]


def queue(user, slug="units", query=""):
    return page_of(browser(user).get(f"{QUEUES}{slug}/{query}"))


# --- Who finds them -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_staff_who_read_the_register_see_every_queue(waiting, role):
    user = getattr(waiting, role)
    assert [names(queue(user, slug)) for slug in SLUGS] == [["示范检测"], ["示范监理"], [], ["示范造价"]]


@pytest.mark.parametrize("slug", SLUGS)
def test_others_see_nothing(waiting, slug, client):
    assert browser(waiting.editor).get(f"{QUEUES}{slug}/").status_code == 302
    for person in (waiting.owner, waiting.outsider):
        assert browser(person).get(f"{QUEUES}{slug}/").status_code in (302, 403)
    assert client.get(f"{QUEUES}{slug}/").status_code == 302


def test_a_branch_secretary_sees_the_rows_of_own_branches(waiting):
    applying_to_branch("示范安全", slug="safety")
    assert names(queue(waiting.secretary, "branches")) == ["示范监理"]
    assert names(queue(waiting.other_secretary, "branches")) == ["示范安全"]
    assert names(queue(secretary("quality", "safety"), "branches")) == ["示范监理", "示范安全"]
    assert names(queue(waiting.secretary, "units")) == names(queue(waiting.secretary, "leaving")) == []
    tabs = [link.text.split()[0] for link in queue(waiting.secretary, "branches").select(".queues a")]
    assert tabs == ["分会审核", "退会审核"]


def test_a_queue_that_is_none_is_not_found(waiting):
    assert browser(waiting.reviewer).get(f"{QUEUES}nothing/").status_code == 404
    assert browser(waiting.reviewer).post(f"{QUEUES}nothing/assign/").status_code == 404


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("reviewer", ["单位审核", "分会审核", "变更审核", "退会审核"]),
        ("finance", ["单位审核", "分会审核", "变更审核", "退会审核"]),
        ("secretary", ["分会审核", "退会审核"]),
        ("editor", []),
    ],
)
def test_the_menu_leads_to_the_queues(waiting, role, shown):
    html = browser(getattr(waiting, role)).get("/cms/").content.decode()
    assert [f"{QUEUES}{slug}/" for slug in SLUGS if f'"{QUEUES}{slug}/"' in html] == [
        f"{QUEUES}{slug}/"
        for slug, title in zip(SLUGS, ["单位审核", "分会审核", "变更审核", "退会审核"], strict=True)
        if title in shown
    ]


# --- What its rows say ----------------------------------------------------------------------------------------------


def cells(page):
    return [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in page.select("tbody tr")]


def test_a_row_says_who_waits_and_how_long(waiting):
    row = waiting.application
    Review.objects.filter(pk=row.pk).update(handed_in_at=timezone.now() - timedelta(days=9), assigned_to=waiting.root)
    row.refresh_from_db()
    days = working_days_since(timezone.localdate(row.handed_in_at), timezone.localdate())
    [cell] = cells(queue(waiting.reviewer))
    assert cell == [
        "",
        f"示范检测 {row.reference}",
        row.membership.unit.uscc,
        "施工",
        f"{timezone.localtime(row.handed_in_at):%Y-%m-%d %H:%M}",
        f"{days} 天，已超时",
        "第 1 次",
        str(waiting.root),
        "待审核",
    ]


def test_how_long_is_too_long_is_a_rule_of_the_association(waiting):
    row = waiting.application
    Review.objects.filter(pk=row.pk).update(handed_in_at=timezone.now() - timedelta(days=9))
    rules = MembershipSettings.load()
    rules.review_working_days = 60
    rules.save()
    page = queue(waiting.reviewer)
    assert (len(page.select(".mark--danger")), "已超时" in page.text) == (0, False)


def test_the_longest_waiting_stands_first(waiting):
    applying("等了三天", days=3)
    applying("等了一天", days=1)
    assert names(queue(waiting.reviewer)) == ["等了三天", "等了一天", "示范检测"]


def test_who_is_at_work_is_named_to_the_others(waiting):
    Review.objects.filter(pk=waiting.application.pk).update(
        claimed_by=waiting.root, claimed_until=timezone.now() + timedelta(minutes=5)
    )
    words = f"{waiting.root} 正在审核"
    assert (words in queue(waiting.reviewer).text, words in queue(waiting.root).text) == (True, False)


def test_filters_and_search(waiting):
    user = waiting.reviewer
    applying("外省设计", facts={"province": "50", "unit_type": "design"}, assigned_to=user)
    Review.objects.filter(pk=waiting.branch_application.pk).update(state=ReviewState.VOID)
    other = applying_to_branch("示范安全", slug="safety")
    body = other.membership.body_id
    assert names(queue(user, query="?unit_type=design")) == ["外省设计"]
    assert names(queue(user, query="?province=51")) == ["示范检测"]
    assert names(queue(user, query="?assignee=me")) == ["外省设计"]
    assert names(queue(user, query="?assignee=none")) == ["示范检测"]
    assert names(queue(user, query=f"?assignee={user.pk}")) == ["外省设计"]
    assert names(queue(user, query="?q=设计")) == ["外省设计"]
    assert names(queue(user, query=f"?q={waiting.application.membership.unit.uscc}")) == ["示范检测"]
    assert names(queue(user, "branches")) == ["示范安全"]
    assert names(queue(user, "branches", "?state=void")) == ["示范监理"]
    assert names(queue(user, "branches", "?state=all")) == ["示范监理", "示范安全"]
    assert names(queue(user, "branches", f"?state=all&body={body}")) == ["示范安全"]
    assert names(queue(user, query="?state=nonsense&province=zz&assignee=x&p=99")) != [None]


@pytest.mark.parametrize("count", [1, 50])
def test_a_queue_asks_as_often_for_one_as_for_fifty(people, count, django_assert_num_queries):
    for number in range(count):
        applying(f"单位{number}", assigned_to=people.root, claimed_by=people.root, claimed_until=timezone.now())
    client = browser(people.reviewer)
    client.get(f"{QUEUES}units/")
    with django_assert_num_queries(11):
        page = page_of(client.get(f"{QUEUES}units/"))
    assert len(names(page)) == min(count, 20)


# --- 指派 -----------------------------------------------------------------------------------------------------------


def assign(user, slug, rows, to):
    return browser(user).post(f"{QUEUES}{slug}/assign/", {"review": [row.pk for row in rows], "to": to}, follow=True)


def test_several_rows_go_to_one_colleague(waiting):
    rows = [waiting.application, applying("另一家")]
    page = page_of(assign(waiting.reviewer, "units", rows, waiting.administrator.pk))
    assert f"已将 2 项指派给 {waiting.administrator}" in page.text
    assert set(Review.objects.filter(pk__in=[row.pk for row in rows]).values_list("assigned_to", flat=True)) == {
        waiting.administrator.pk
    }
    assert AuditEntry.objects.filter(verb="units.assign_review").count() == 2


def test_who_may_not_decide_gets_nothing_and_is_named(waiting):
    page = page_of(assign(waiting.reviewer, "units", [waiting.application], waiting.secretary.pk))
    assert f"示范检测：{waiting.secretary} 无权审核此项申请。" in page.text
    assert Review.objects.get(pk=waiting.application.pk).assigned_to is None


@pytest.mark.parametrize("to", ["", "x", "0", "9" * 30])
def test_a_colleague_must_be_chosen(waiting, to):
    page = page_of(assign(waiting.reviewer, "units", [waiting.application], to))
    assert "请至少勾选一行并选择同事" in page.text
    assert Review.objects.get(pk=waiting.application.pk).assigned_to is None


@pytest.mark.parametrize("role", ["secretary_general", "finance"])
def test_who_only_reads_assigns_nothing(waiting, role):
    user = getattr(waiting, role)
    assert queue(user).select("#assign, input[name=review]") == []
    assert assign(user, "units", [waiting.application], waiting.reviewer.pk).status_code in (200, 403)
    assert Review.objects.get(pk=waiting.application.pk).assigned_to is None


def test_a_secretary_assigns_only_rows_of_own_branches(waiting):
    theirs = applying_to_branch("示范安全", slug="safety")
    assign(waiting.secretary, "branches", [theirs, waiting.branch_application], waiting.reviewer.pk)
    got = {row: Review.objects.get(pk=row.pk).assigned_to for row in (theirs, waiting.branch_application)}
    assert got == {theirs: None, waiting.branch_application: waiting.reviewer}


def test_reviewers_are_those_who_may_decide(people):
    everybody = {people.reviewer, people.administrator, people.root}
    assert set(reviewers([])) == everybody
    assert set(reviewers()) == everybody | {people.secretary, people.other_secretary}
    quality = people.secretary.body_staff.get().body
    assert set(reviewers([quality])) == everybody | {people.secretary}


# --- 下一个, the start page -------------------------------------------------------------------------------------------


def test_the_next_one_is_the_following_that_nobody_has(people):
    now = timezone.now()
    held = {"claimed_by": people.root, "claimed_until": now + timedelta(minutes=1)}
    oldest, at, _held, _others, mine = (
        applying("一", days=5),
        applying("二", days=4),
        applying("三", days=3, **held),
        applying("四", days=2, assigned_to=people.root),
        applying("五", days=1, assigned_to=people.reviewer),
    )
    applying_to_branch()
    assert next_in_queue(at, people.reviewer) == mine
    assert next_in_queue(mine, people.reviewer) == oldest
    Review.objects.exclude(pk=at.pk).update(state=ReviewState.VOID)
    assert next_in_queue(at, people.reviewer) is None


@pytest.mark.parametrize(
    ("role", "counts", "tasks"),
    [
        (
            "reviewer",
            ["待审核单位 1", "待审核分会 1", "待审核变更 0", "待审核退会 1"],
            ["示范检测", "示范监理", "示范造价"],
        ),
        ("secretary", ["待审核分会 1", "待审核退会 0"], ["示范监理"]),
        ("finance", ALL_COUNTS, []),
        ("editor", [], []),
    ],
)
def test_the_start_page_counts_and_lists_what_waits(waiting, role, counts, tasks):
    page = page_of(browser(getattr(waiting, role)).get("/cms/"))
    summary = [" ".join(item.text.split()) for item in page.select(".w-summary li, .summary li")]
    assert [words for words in summary if words.startswith("待审核")] == counts
    assert [link.text for link in page.select(".todo a")] == tasks


def test_my_tasks_leave_out_what_others_have(waiting):
    Review.objects.filter(pk=waiting.application.pk).update(assigned_to=waiting.administrator)
    page = page_of(browser(waiting.reviewer).get("/cms/"))
    assert [link.text for link in page.select(".todo a")] == ["示范监理", "示范造价"]
