"""PUT /messages/{id}/receipt and its uploads: what the page may do and refuse, through the same form and verb."""

from uuid import uuid4

import pytest

from cms.models import NoticePage
from membership.audit.models import AuditEntry
from membership.tracking import actions
from membership.tracking.models import Delivery, Receipt
from membership.units.models import Document
from tests.factories import clerk, notice
from tests.files import docx, heavy_pdf, pdf, pdf_bytes, upload
from tests.portal.api.conftest import API, errors_of, problem_of, put
from tests.portal.conftest import LI, attach, deliberation, deliver, in_days, meeting


def sent(ours, page):
    return deliver(page)[ours.unit]


def opinions(delivery, choice="agree", comment=""):
    items = delivery.notice.agenda_items.all()
    return [{"item": item.pk, "choice": choice, "comment": comment} for item in items]


def give(caller, delivery, **body):
    return put(caller.client, f"/messages/{delivery.pk}/receipt", {"version": 0, **body})


def send_file(caller, delivery, file):
    return caller.client.post(f"{API}/messages/{delivery.pk}/receipt/files", {"file": file})


def facts(delivery):
    fresh = Delivery.objects.get(pk=delivery.pk)
    return fresh.receipt_version, fresh.receipt_state, fresh.read_at, Receipt.objects.count(), audit()


def audit():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "actor", "unit_id", "before", "after"))


class TestDeliberation:
    def test_with_a_file(self, ours, outsider):
        delivery = sent(ours, deliberation(upload_required=True))
        uploaded = send_file(ours, delivery, pdf("回执 盖章.pdf", pages=2))
        file = uploaded.json()
        assert (uploaded.status_code, set(file)) == (201, {"id", "name", "size", "type", "pages", "url"})
        assert (file["name"], file["type"], file["pages"]) == ("回执 盖章.pdf", "application/pdf", 2)
        assert file["url"] == f"{API}/documents/{file['id']}"
        answer = give(ours, delivery, document=file["id"], opinions=opinions(delivery, "disagree", "建议保留原文"))
        body = answer.json()
        delivery.refresh_from_db()
        assert answer.status_code == 201
        assert body == {
            "number": delivery.receipt_number,
            "version": 1,
            "submitted_at": body["submitted_at"],
            "submitted_by": "李四",
            "document": file,
            "opinions": opinions(delivery, "disagree", "建议保留原文"),
            "attendees": [],
            "declined_because": "",
            "is_late": False,
        }
        assert (delivery.receipt_state, delivery.receipt_version, delivery.read_by) == ("submitted", 1, ours.user)
        detail = ours.client.get(f"{API}/messages/{delivery.pk}").json()
        assert (detail["receipt"], detail["receipt_version"], detail["mark"]) == (body, 1, "已回执")
        assert Delivery.objects.get(unit=outsider.unit).receipt_version == 0

    def test_audit_is_that_of_the_page(self, ours):
        """The same receipt by the page and by the API: records differ in nothing but the objects they name."""
        by_api, by_page = sent(ours, deliberation()), sent(ours, deliberation())
        before = AuditEntry.objects.count()
        assert give(ours, by_api, opinions=opinions(by_api)).status_code == 201
        form = {"version": 0} | {f"opinion_{o['item']}": o["choice"] for o in opinions(by_page)}
        assert ours.client.post(f"/portal/messages/{by_page.pk}/receipt/", form).status_code == 302
        mine, theirs = AuditEntry.objects.order_by("pk")[before:]
        for entry, delivery in ((mine, by_api), (theirs, by_page)):
            assert entry.object_id == str(delivery.receipts.get().pk)
            assert entry.after.pop("delivery") == delivery.pk
        same = ("verb", "actor", "unit_id", "object_type", "before", "after", "address", "result")
        assert [getattr(mine, name) for name in same] == [getattr(theirs, name) for name in same]

    def test_revision_replaces_the_whole(self, ours):
        delivery = sent(ours, deliberation())
        file = send_file(ours, delivery, pdf()).json()
        give(ours, delivery, document=file["id"], opinions=opinions(delivery))
        answer = give(ours, delivery, version=1, opinions=opinions(delivery, "abstain"))
        assert (answer.status_code, answer.json()["version"], answer.json()["document"]) == (200, 2, None)
        assert [r.version for r in Receipt.objects.current()] == [2]

    def test_the_same_receipt_twice_is_one(self, ours):
        delivery = sent(ours, deliberation())
        first = give(ours, delivery, opinions=opinions(delivery))
        before = facts(delivery)
        again = give(ours, delivery, opinions=opinions(delivery))
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json()
        assert facts(delivery) == before

    def test_opinions_are_owed_on_every_matter(self, ours):
        delivery = sent(ours, deliberation())
        before = facts(delivery)
        first, second = delivery.notice.agenda_items.all()
        answer = give(ours, delivery, opinions=[{"item": second.pk, "choice": "disagree", "comment": " "}])
        errors = errors_of(answer)
        assert set(errors) == {"opinions", "opinions.0.comment"}
        assert first.title in errors["opinions"]
        assert facts(delivery) == before

    def test_foreign_matter(self, ours):
        delivery = sent(ours, deliberation())
        foreign = deliberation().agenda_items.first()
        before = facts(delivery)
        answer = give(ours, delivery, opinions=[*opinions(delivery), {"item": foreign.pk, "choice": "agree"}])
        assert set(errors_of(answer)) == {""}
        assert facts(delivery) == before

    def test_two_opinions_on_one_matter(self, ours):
        delivery = sent(ours, deliberation())
        before = facts(delivery)
        answer = give(ours, delivery, opinions=opinions(delivery) + opinions(delivery, "abstain"))
        assert errors_of(answer) == {"opinions": "每个议题只能提交一条意见。"}
        assert facts(delivery) == before

    def test_file_is_owed(self, ours):
        delivery = sent(ours, deliberation(upload_required=True))
        before = facts(delivery)
        assert set(errors_of(give(ours, delivery, opinions=opinions(delivery)))) == {"document"}
        assert facts(delivery) == before

    def test_attendees_are_not_asked_for(self, ours):
        delivery = sent(ours, deliberation())
        before = facts(delivery)
        answer = give(ours, delivery, opinions=opinions(delivery), attendees=[LI])
        assert errors_of(answer) == {"attendees": "本通知无需填报参会人员。"}
        assert facts(delivery) == before

    @pytest.mark.parametrize("whose", ["nobody's", "another unit's", "a certificate"])
    def test_file_that_is_none_of_this_receipt(self, ours, outsider, whose):
        page = deliberation()
        delivery = sent(ours, page)
        key = str(uuid4())
        if whose == "another unit's":
            key = send_file(outsider, Delivery.objects.get(unit=outsider.unit), pdf()).json()["id"]
        if whose == "a certificate":
            key = send_file(ours, delivery, pdf()).json()["id"]
            Document.objects.filter(pk=key).update(kind="business_license")
        before = facts(delivery)
        answer = give(ours, delivery, document=key, opinions=opinions(delivery))
        assert errors_of(answer) == {"document": "未找到该文件，请重新上传。"}
        assert facts(delivery) == before

    def test_word_file_of_a_meeting_does_not_serve_a_deliberation(self, ours):
        at_meeting, delivery = sent(ours, meeting()), sent(ours, deliberation())
        key = send_file(ours, at_meeting, docx()).json()["id"]
        answer = give(ours, delivery, document=key, opinions=opinions(delivery))
        assert errors_of(answer) == {"document": "未找到该文件，请重新上传。"}


class TestAttendance:
    def test_attendees(self, ours, outsider):
        delivery = sent(ours, meeting())
        person = {**LI, "gender": "male", "email": "li@example.com", "remark": "素食", "accommodation": ""}
        answer = give(ours, delivery, attendees=[person, {**LI, "name": "王五"}])
        assert answer.status_code == 201
        blank = {"gender": "", "email": "", "accommodation": "", "remark": ""}
        assert answer.json()["attendees"] == [
            {**person, "mobile": "+8613811138111"},
            {**LI, **blank, "name": "王五", "mobile": "+8613811138111"},
        ]
        assert Receipt.objects.get().attendees.count() == 2

    def test_errors_name_row_and_entry(self, ours):
        delivery = sent(ours, meeting())
        before = facts(delivery)
        rows = [LI, {**LI, "mobile": "12345"}, {**LI, "name": "", "email": "x@"}]
        assert set(errors_of(give(ours, delivery, attendees=rows))) == {
            "attendees.1.mobile",
            "attendees.2.name",
            "attendees.2.email",
        }
        assert facts(delivery) == before

    @pytest.mark.parametrize("number", [0, 51, 200])
    def test_how_many(self, ours, number):
        delivery = sent(ours, meeting())
        before = facts(delivery)
        assert set(errors_of(give(ours, delivery, attendees=[LI] * number))) == {"attendees"}
        assert facts(delivery) == before

    def test_fifty_at_a_constant_number_of_queries(self, ours, django_assert_num_queries):
        one, fifty = sent(ours, meeting()), sent(ours, meeting())
        with django_assert_num_queries(22):
            assert give(ours, one, attendees=[LI]).status_code == 201
        with django_assert_num_queries(22):
            assert give(ours, fifty, attendees=[LI] * 50).status_code == 201

    def test_opinions_are_not_asked_for(self, ours):
        delivery = sent(ours, meeting())
        matter = deliberation().agenda_items.first()
        before = facts(delivery)
        answer = give(ours, delivery, attendees=[LI], opinions=[{"item": matter.pk, "choice": "agree"}])
        assert set(errors_of(answer)) == {""}
        assert facts(delivery) == before


class TestAsAsked:
    """What the notice asks decides, as on the page."""

    def test_options_of_a_matter(self, ours):
        delivery = sent(ours, deliberation())
        first, second = delivery.notice.agenda_items.all()
        first.options = "成都、重庆"
        first.save()
        before = facts(delivery)
        rest = {"item": second.pk, "choice": "agree"}
        answer = give(ours, delivery, opinions=[{"item": first.pk, "choice": "agree"}, rest])
        assert set(errors_of(answer)) == {"opinions.0.choice"}
        assert facts(delivery) == before
        answer = give(ours, delivery, opinions=[{"item": first.pk, "choice": "重庆"}, rest])
        assert [opinion["choice"] for opinion in answer.json()["opinions"]] == ["重庆", "agree"]

    def test_columns(self, ours):
        delivery = sent(ours, meeting(attendee_columns=["accommodation"]))
        before = facts(delivery)
        answer = give(ours, delivery, attendees=[LI, {**LI, "email": "li@example.com"}])
        assert errors_of(answer) == {"attendees.1.email": "本通知无需填报此项。"}
        assert facts(delivery) == before
        answer = give(ours, delivery, attendees=[{**LI, "accommodation": "single"}])
        assert answer.json()["attendees"][0]["accommodation"] == "single"

    def test_absence(self, ours):
        delivery = sent(ours, meeting(upload_required=True))
        before = facts(delivery)
        assert errors_of(give(ours, delivery, declined_because=" ")) == {"declined_because": "请填写不能参会的原因"}
        both = give(ours, delivery, declined_because="同期有评审", attendees=[LI])
        assert errors_of(both) == {"attendees": "参会人员与不能参会的原因只能填写一项。"}
        assert facts(delivery) == before
        answer = give(ours, delivery, declined_because="同期有评审")
        assert (answer.status_code, answer.json()["declined_because"], answer.json()["attendees"]) == (
            201,
            "同期有评审",
            [],
        )

    def test_absence_is_not_asked_for(self, ours):
        delivery = sent(ours, deliberation())
        answer = give(ours, delivery, opinions=opinions(delivery), declined_because="同期有评审")
        assert errors_of(answer) == {"declined_because": "本通知无需填报参会人员。"}

    def test_late(self, ours):
        delivery = sent(ours, deliberation(deadline=in_days(-1), allow_late=True))
        answer = give(ours, delivery, opinions=opinions(delivery))
        assert (answer.status_code, answer.json()["is_late"]) == (201, True)

    def test_in_time_is_settled_even_where_late_ones_are_taken(self, ours):
        delivery = sent(ours, deliberation(allow_late=True))
        assert give(ours, delivery, opinions=opinions(delivery)).status_code == 201
        NoticePage.objects.filter(pk=delivery.notice_id).update(deadline=in_days(-1))
        before = facts(delivery)
        answer = give(ours, delivery, version=1, opinions=opinions(delivery))
        assert (answer.status_code, answer.json()["code"]) == (409, "closed")
        assert facts(delivery) == before

    def test_acknowledgement(self, ours):
        page = notice(receipt_kind="acknowledgement", upload_required=True, deadline=in_days(1))
        delivery = sent(ours, page)
        before = facts(delivery)
        assert errors_of(send_file(ours, delivery, pdf())) == {"file": "本通知无需上传文件。"}
        assert errors_of(give(ours, delivery, document=str(uuid4()))) == {"document": "本通知无需上传文件。"}
        assert facts(delivery) == before
        assert give(ours, delivery).status_code == 201


class TestWhen:
    """Refusals: 409 with the code of the verb, before anything is written or kept."""

    def late(self, ours):
        return sent(ours, deliberation(deadline=in_days(-1)))

    def recalled(self, ours):
        delivery = sent(ours, deliberation())
        actions.recall(delivery.notice)
        return delivery

    def without(self, ours):
        return sent(ours, notice())

    @pytest.mark.parametrize(
        ("situation", "code"), [("late", "closed"), ("recalled", "recalled"), ("without", "no_receipt")]
    )
    def test_not_now(self, ours, situation, code):
        delivery = getattr(self, situation)(ours)
        before = facts(delivery)
        assert problem_of(give(ours, delivery, opinions=opinions(delivery))) == (409, code)
        assert problem_of(send_file(ours, delivery, pdf())) == (409, code)
        assert facts(delivery) == before
        assert Document.objects.count() == 0

    def test_somebody_else_was_faster(self, ours):
        delivery = sent(ours, deliberation())
        other = clerk(ours.unit, duty="agent", name="钱七")
        actions.submit_receipt(delivery, by=other, version=0)
        before = facts(delivery)
        answer = give(ours, delivery, opinions=opinions(delivery))
        assert problem_of(answer) == (409, "already_submitted")
        assert "钱七" in answer.json()["detail"]
        assert facts(delivery) == before

    def test_version_from_nowhere(self, ours):
        delivery = sent(ours, deliberation())
        before = facts(delivery)
        assert problem_of(give(ours, delivery, version=7, opinions=opinions(delivery))) == (409, "stale")
        assert facts(delivery) == before

    def test_refusal_says_what_the_page_says(self, ours):
        delivery = self.late(ours)
        told = give(ours, delivery, opinions=opinions(delivery)).json()["detail"]
        assert told == str(actions.refusal_to_submit(delivery, 0))


class TestFiles:
    @pytest.mark.parametrize(
        ("file", "status"),
        [
            (lambda: docx("改名.pdf"), 422),
            (lambda: docx(), 422),
            (lambda: upload("page.pdf", b"<html>%PDF-1.7"), 422),
            (lambda: upload("cut.pdf", pdf_bytes()[:60]), 422),
            (lambda: pdf("locked.pdf", password="x"), 422),
            (lambda: upload("empty.pdf", b""), 422),
            (lambda: upload("bild.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), 422),
            (lambda: heavy_pdf(20), 413),
        ],
    )
    def test_refused_in_words_and_not_kept(self, ours, file, status):
        delivery = sent(ours, deliberation())
        before = audit()
        answer = send_file(ours, delivery, file())
        assert problem_of(answer) == (status, "too_large" if status == 413 else "invalid")
        (error,) = answer.json()["errors"]
        assert error["field"] == "file"
        assert error["message"]
        assert (Document.objects.count(), audit()) == (0, before)

    def test_meeting_takes_word(self, ours):
        answer = send_file(ours, sent(ours, meeting()), docx())
        assert (answer.status_code, answer.json()["pages"]) == (201, None)

    def test_an_upload_alone_answers_nothing(self, ours):
        delivery = sent(ours, deliberation())
        send_file(ours, delivery, pdf())
        assert Delivery.objects.get(pk=delivery.pk).receipt_version == 0
        entry = AuditEntry.objects.latest("pk")
        assert (entry.verb, entry.actor, entry.unit_id) == ("units.store_document", ours.user, ours.unit.pk)

    @pytest.mark.parametrize(
        ("body", "content_type", "expected"),
        [
            (b"{}", "application/json", (415, "unsupported_media_type")),
            (b"file=x", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
            (b"x", "multipart/form-data", (400, "bad_request")),
            (b"--x--\r\n", "multipart/form-data; boundary=x", (422, "malformed")),
            (b"--x", "multipart/form-data; boundary=" + "x" * 300, (400, "bad_request")),
            (
                b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n',
                "multipart/form-data; boundary=x",
                (422, "malformed"),
            ),
        ],
    )
    def test_not_an_upload(self, ours, body, content_type, expected):
        delivery = sent(ours, deliberation())
        path = f"{API}/messages/{delivery.pk}/receipt/files"
        assert problem_of(ours.client.post(path, body, content_type=content_type)) == expected

    def test_headers_of_downloads(self, ours):
        page = deliberation()
        placement = attach(page, name="会议 审议.pdf")
        delivery = sent(ours, page)
        stored = send_file(ours, delivery, pdf("回执.pdf")).json()
        pairs = [
            (f"/messages/{delivery.pk}/attachments/{placement.pk}",) * 2,
            (f"/documents/{stored['id']}",) * 2,
        ]
        for api_path, page_path in pairs:
            by_api, by_page = ours.client.get(API + api_path), ours.client.get(f"/portal{page_path}/")
            names = ["Content-Type", "Content-Disposition", "X-Content-Type-Options", "Content-Security-Policy"]
            assert [by_api[name] for name in names] == [by_page[name] for name in names]
            assert by_api["Content-Disposition"].startswith("attachment; filename*=utf-8''")
            assert by_api.getvalue() == by_page.getvalue()
            assert "no-store" in by_api["Cache-Control"]

    def test_file_that_the_storage_has_lost(self, ours):
        delivery = sent(ours, deliberation())
        stored = send_file(ours, delivery, pdf()).json()
        document = Document.objects.get()
        document.file.storage.delete(document.file.name)
        assert problem_of(ours.client.get(stored["url"])) == (404, "file_missing")

    def test_attachment_of_another_notice(self, ours):
        delivery = sent(ours, deliberation())
        elsewhere = attach(notice(rules=[{"kind": "exclude", "unit": ours.unit}]))
        path = f"{API}/messages/{delivery.pk}/attachments/{elsewhere.pk}"
        assert problem_of(ours.client.get(path)) == (404, "not_found")
