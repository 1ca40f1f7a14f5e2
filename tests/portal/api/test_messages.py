"""GET /messages and /messages/{id}, POST /messages/{id}/read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cms.models import ActivityPage
from membership.audit.models import AuditEntry
from membership.tracking import actions
from membership.tracking.models import Delivery
from tests.factories import notice
from tests.portal.api.conftest import API, problem_of
from tests.portal.conftest import attach, deliberation, deliver, in_days, meeting

ROW = {
    "id",
    "title",
    "category",
    "published_at",
    "pinned",
    "is_unread",
    "receipt_kind",
    "receipt_state",
    "deadline",
    "is_open",
    "kind_label",
    "mark",
    "due_label",
}
DETAIL = ROW | {
    "document_no",
    "contact",
    "body",
    "activity",
    "agenda",
    "attendee_columns",
    "max_attendees",
    "attachments",
    "upload_required",
    "receipt_version",
    "receipt",
}


AGREE_OR_NOT = [
    {"value": "agree", "label": "同意"},
    {"value": "disagree", "label": "不同意"},
    {"value": "abstain", "label": "弃权"},
]


def listed(client, query=""):
    answer = client.get(f"{API}/messages?{query}")
    assert answer.status_code == 200
    return answer.json()


def ids(client, query=""):
    return [row["id"] for row in listed(client, query)["items"]]


def sent(ours, page):
    return deliver(page)[ours.unit]


class TestList:
    def test_row(self, ours, outsider):
        page = deliberation(pinned=True, deadline=in_days(7))
        delivery = sent(ours, page)
        body = listed(ours.client)
        (row,) = body["items"]
        due = row.pop("due_label")
        assert row == {
            "id": delivery.pk,
            "title": page.title,
            "category": {"slug": "receipt", "name": page.category.name},
            "published_at": row["published_at"],
            "pinned": True,
            "is_unread": True,
            "receipt_kind": "deliberation",
            "receipt_state": "awaiting",
            "deadline": row["deadline"],
            "is_open": True,
            "kind_label": "会议审议回执",
            "mark": "未回执",
        }
        assert due.endswith("天")
        assert body["next_cursor"] is None
        assert ids(outsider.client) == [Delivery.objects.get(unit=outsider.unit).pk]

    def test_only_what_was_sent_to_the_unit_and_stands(self, ours, outsider):
        sent(ours, notice())
        recalled = sent(ours, notice())
        actions.recall(recalled.notice)
        deliver(notice(rules=[{"kind": "unit", "unit": outsider.unit}]))
        assert ids(ours.client) == [Delivery.objects.exclude(pk=recalled.pk).get(unit=ours.unit).pk]

    def test_staff_with_a_seat_sees_the_own_unit_only(self, ours, outsider):
        delivery = sent(ours, notice())
        ours.user.is_staff = ours.user.is_superuser = True
        ours.user.save()
        assert ids(ours.client) == [delivery.pk]

    def test_filters(self, ours):
        plain = sent(ours, notice())
        read = sent(ours, notice(category="announcement"))
        actions.mark_read(read, by=ours.user)
        awaited = sent(ours, deliberation())
        late = sent(ours, meeting(deadline=timezone.now() - timedelta(minutes=1)))
        assert ids(ours.client) == [late.pk, awaited.pk, read.pk, plain.pk]
        assert ids(ours.client, "state=unread") == [late.pk, awaited.pk, plain.pk]
        assert ids(ours.client, "state=awaiting") == [awaited.pk]
        assert ids(ours.client, "state=closed") == [late.pk]
        assert ids(ours.client, "category=announcement") == [read.pk]
        assert ids(ours.client, "category=receipt&state=awaiting") == [awaited.pk]
        assert ids(ours.client, "category=nothing") == []

    def test_pages_follow_the_list_without_gap_or_double(self, ours):
        """Pinned and plain ones, several at the same moment, and a newcomer while the client pages."""
        moment = timezone.now()
        for number in range(7):
            delivery = sent(ours, notice(pinned=number % 3 == 0))
            Delivery.objects.filter(pk=delivery.pk).update(delivered_at=moment - timedelta(hours=number // 2))
        everything = ids(ours.client, "limit=50")
        assert len(everything) == 7
        seen, cursor = [], ""
        while cursor is not None:
            body = listed(ours.client, f"limit=2&cursor={cursor}" if cursor else "limit=2")
            seen.append([row["id"] for row in body["items"]])
            cursor = body["next_cursor"]
            if len(seen) == 1:
                sent(ours, notice(pinned=True))
        assert [len(page) for page in seen] == [2, 2, 2, 1]
        assert sum(seen, []) == everything

    def test_a_full_last_page_has_no_next(self, ours):
        for _number in range(2):
            sent(ours, notice())
        assert listed(ours.client, "limit=2")["next_cursor"] is None
        assert listed(ours.client, "limit=1")["next_cursor"]

    def test_a_cursor_of_another_unit_opens_nothing(self, ours, outsider):
        for _number in range(2):
            deliver(notice())
        theirs = listed(outsider.client, "limit=1")["next_cursor"]
        own = set(Delivery.objects.filter(unit=ours.unit).values_list("pk", flat=True))
        assert set(ids(ours.client, f"cursor={theirs}")) <= own

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("limit=0", "limit"),
            ("limit=51", "limit"),
            ("limit=-1", "limit"),
            ("limit=1000000000", "limit"),
            ("limit=" + "9" * 5000, "limit"),
            ("limit=x", "limit"),
            ("limit=%00", "limit"),
            ("limit=", "limit"),
            ("limit=1.5", "limit"),
            ("cursor=x", "cursor"),
            ("cursor=%00", "cursor"),
            ("cursor=%F0%9F%98%80:%FF", "cursor"),
            ("cursor=WzFd:abc", "cursor"),
            ("cursor=" + "a" * 501, "cursor"),
            ("state=%00", "state"),
            ("state=password", "state"),
            ("state=", "state"),
            ("category=%00", "category"),
            ("category=x'--", "category"),
            ("category=" + "a" * 51, "category"),
        ],
    )
    def test_bad_question(self, ours, query, field):
        sent(ours, notice())
        answer = ours.client.get(f"{API}/messages?{query}")
        assert problem_of(answer) == (422, "malformed")
        assert [error["field"] for error in answer.json()["errors"]] == [field]

    @pytest.mark.parametrize("query", ["order=password", "fields=*", "page=-1", "%00=1", "limit=1&limit=2", "unit=1"])
    def test_what_it_does_not_know_changes_nothing(self, ours, outsider, query):
        delivery = sent(ours, notice())
        assert ids(ours.client, query) == [delivery.pk]

    def test_queries(self, ours, django_assert_num_queries):
        sent(ours, deliberation())
        with django_assert_num_queries(4):
            assert len(ids(ours.client, "limit=50")) == 1
        for _number in range(49):
            sent(ours, deliberation())
        with django_assert_num_queries(4):
            assert len(ids(ours.client, "limit=50")) == 50


class TestDetail:
    def test_deliberation(self, ours, outsider):
        page = deliberation(
            document_no="示建质安协〔2026〕18号",
            contact="秘书处 028-86000000",
            upload_required=True,
            body=[("heading", "一、事项"), ("paragraph", "<p>请审议</p>")],
        )
        placement = attach(page, is_receipt_form=True)
        delivery = sent(ours, page)
        body = ours.client.get(f"{API}/messages/{delivery.pk}").json()
        assert set(body) == DETAIL
        row = {name: body.pop(name) for name in ROW}
        assert row == listed(ours.client)["items"][0]
        file = placement.attachment
        assert body == {
            "document_no": "示建质安协〔2026〕18号",
            "contact": "秘书处 028-86000000",
            "body": "<h2>一、事项</h2>\n\n<p>请审议</p>",
            "activity": None,
            "agenda": [
                {"id": item.pk, "title": item.title, "choices": AGREE_OR_NOT} for item in page.agenda_items.all()
            ],
            "attendee_columns": [],
            "max_attendees": None,
            "attachments": [
                {
                    "id": placement.pk,
                    "title": file.title,
                    "name": file.original_name,
                    "size": file.size,
                    "type": "application/pdf",
                    "is_receipt_form": True,
                    "url": f"{API}/messages/{delivery.pk}/attachments/{placement.pk}",
                }
            ],
            "upload_required": True,
            "receipt_version": 0,
            "receipt": None,
        }

    def test_activity(self, ours):
        page = notice(
            model=ActivityPage,
            category="activity",
            starts_at="2026-09-10T01:00:00Z",
            ends_at="2026-09-10T09:00:00Z",
            venue="成都",
            quota=60,
        )
        body = ours.client.get(f"{API}/messages/{sent(ours, page).pk}").json()
        assert body["activity"] == {
            "starts_at": "2026-09-10T01:00:00Z",
            "ends_at": "2026-09-10T09:00:00Z",
            "venue": "成都",
            "quota": 60,
        }
        assert (body["agenda"], body["upload_required"]) == ([], False)

    def test_reading_the_detail_changes_nothing(self, ours):
        delivery = sent(ours, notice())
        assert ours.client.get(f"{API}/messages/{delivery.pk}").json()["is_unread"] is True
        delivery.refresh_from_db()
        assert delivery.read_at is None

    def test_extended_deadline_counts(self, ours):
        delivery = sent(ours, deliberation(deadline=in_days(-1)))
        assert ours.client.get(f"{API}/messages/{delivery.pk}").json()["is_open"] is False
        Delivery.objects.filter(pk=delivery.pk).update(deadline_override=in_days(2))
        assert ours.client.get(f"{API}/messages/{delivery.pk}").json()["is_open"] is True

    def test_recalled(self, ours):
        page = notice(title="已撤回的机密标题")
        placement = attach(page)
        delivery = sent(ours, page)
        actions.recall(page)
        answer = ours.client.get(f"{API}/messages/{delivery.pk}")
        assert problem_of(answer) == (410, "recalled")
        assert page.title not in answer.content.decode()
        file = ours.client.get(f"{API}/messages/{delivery.pk}/attachments/{placement.pk}")
        assert problem_of(file) == (404, "not_found")

    def test_queries(self, ours, django_assert_num_queries):
        page = deliberation()
        for _number in range(2):
            attach(page)
        delivery = sent(ours, page)
        with django_assert_num_queries(6):
            ours.client.get(f"{API}/messages/{delivery.pk}")


class TestMarkRead:
    def test_the_first_person_counts(self, ours, outsider):
        page = notice()
        deliveries = deliver(page)
        path = f"{API}/messages/{deliveries[ours.unit].pk}/read"
        answer = ours.client.post(path)
        assert (answer.status_code, answer.content) == (204, b"")
        first = Delivery.objects.get(pk=deliveries[ours.unit].pk)
        assert first.read_by == ours.user
        assert ours.client.post(path).status_code == 204
        assert Delivery.objects.get(pk=first.pk).read_at == first.read_at
        assert Delivery.objects.get(unit=outsider.unit).read_at is None

    def test_writes_no_audit_entry(self, ours):
        delivery = sent(ours, notice())
        before = AuditEntry.objects.count()
        ours.client.post(f"{API}/messages/{delivery.pk}/read")
        assert AuditEntry.objects.count() == before

    def test_recalled(self, ours):
        delivery = sent(ours, notice())
        actions.recall(delivery.notice)
        assert problem_of(ours.client.post(f"{API}/messages/{delivery.pk}/read")) == (410, "recalled")
        assert Delivery.objects.get(pk=delivery.pk).read_at is None
