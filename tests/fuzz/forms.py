"""The forms of the product as a person finds them, each made in a world of its own."""

from datetime import date

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from cms.models import AssociationSettings
from membership.tracking.states import ReceiptKind
from membership.units.models import UnitImport
from membership.units.profile import CONTACT
from tests.cms.conftest import add_url, typed
from tests.cms.conftest import entries as notice_entries
from tests.cms.conftest import in_days as in_local_days
from tests.factories import PASSWORD, UserFactory
from tests.fuzz.posting import Form, as_read
from tests.membership.dues.bank import entry
from tests.membership.dues.conftest import billing, open_books, pay, place
from tests.membership.dues.staff.conftest import browser
from tests.membership.units.import_files import HEAD, facts, table
from tests.membership.units.profiles import TEXTS, as_posted, certificate, entries
from tests.portal.branches import APPLY, TABLE, entered, in_branch
from tests.portal.conftest import LI, deliberation, deliver, meeting, member, opinions, rows
from tests.portal.entrance import (
    BY_CODE,
    CHANGE_PHONE,
    LOGIN,
    PHONE,
    SIGN_UP,
    VERIFY,
    ask_for_account,
    captcha,
    sent_code,
)
from tests.portal.entrance import PASSWORD as NEW_PASSWORD
from tests.portal.profile import EDIT, Applicant
from tests.portal.test_branch_questions import ask

QUESTIONS = ("singleline", "multiline", "email", "number", "url", "date", "datetime")
CAPTCHA = {"captcha_0", "captcha_1"}


def staff(group):
    user = UserFactory(staff=True)
    user.groups.add(Group.objects.get(name=group))
    return browser(user)


def registration():
    sound = {"phone": PHONE, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "agree": "on", **captcha()}
    texts = ["phone", "password1", "password2", "captcha_1"]
    return Form(Client(), SIGN_UP, sound, texts, unseen=CAPTCHA | {"password1", "password2"})


def registration_code():
    client = Client()
    ask_for_account(client)
    return Form(client, VERIFY, {"code": sent_code()}, ["code"])


def login():
    user = UserFactory()
    sound = {"login": str(user.phone).removeprefix("+86"), "password": PASSWORD}
    return Form(Client(), LOGIN, sound, list(sound), unseen={"password"})


def login_by_code():
    sound = {"phone": str(UserFactory().phone).removeprefix("+86"), **captcha()}
    return Form(Client(), BY_CODE, sound, ["phone", "captcha_1"], unseen=CAPTCHA)


def unit_profile():
    us = Applicant()
    return Form(us.client, EDIT, as_posted(entries(us.unit), action="submit"), TEXTS)


def certificate_of_profile():
    us = Applicant()
    posted = as_posted(entries(us.unit, rows=[certificate(us.unit), certificate(us.unit)]), action="submit")
    names = ("grade", "certificate_no", "issuer", "valid_until", "category", "document")
    return Form(us.client, EDIT, posted, [f"qualifications-1-{name}" for name in names])


def branch_application():
    ours = member("示范工程检测有限公司", "李四")
    names = [ask(kind, label=kind, required=False) for kind in QUESTIONS]
    return Form(ours.client, APPLY, entered(**dict.fromkeys(names, "")), [*CONTACT, *names])


def branch_contact():
    ours = member("示范工程检测有限公司", "李四")
    in_branch(ours.unit, "active", slug="safety")
    sound = {name: text for name, text in entered().items() if name != "round"}
    return Form(ours.client, f"{TABLE}safety/contact/", sound, list(CONTACT))


def _receipt(page, sound, texts):
    ours = member("示范工程检测有限公司", "李四")
    url = f"/portal/messages/{deliver(page)[ours.unit].pk}/"
    return Form(ours.client, f"{url}receipt/", {"version": 0, **sound}, texts, page=url)


def deliberation_receipt():
    page = deliberation()
    answers = opinions(page, comment="待议")
    return _receipt(page, answers, list(answers))


def attendees():
    person = LI | {"email": "li@example.com", "remark": "素食"}
    names = [*person, "gender"]
    page = meeting(attendee_columns=["gender", "email", "remark"])
    return _receipt(page, {"attending": "yes", **rows(LI, person)}, [f"attendees-1-{name}" for name in names])


def declined_meeting():
    return _receipt(meeting(), {"attending": "no", "declined_because": "当日另有会议"}, ["declined_because"])


def dues_order():
    open_books()
    ours = member("示范工程检测有限公司", "李四")
    facts = billing(
        ours.unit, title_confirmed="on", reg_address="", reg_phone="", bank_name="", bank_account="", remark=""
    )
    texts = [*(name for name in facts if name != "title_confirmed"), "years", "amount"]
    page = "/portal/dues/order/"
    sound = {"years": 1, "amount": "2000.00", **facts}
    return Form(ours.client, page, sound, texts, unseen={"amount", "years"}, page=f"{page}?years=1")


def phone_change():
    ours = member("示范工程检测有限公司", "李四")
    sound = {"password": PASSWORD, "phone": PHONE, **captcha()}
    return Form(ours.client, CHANGE_PHONE, sound, ["password", "phone", "captcha_1"], unseen=CAPTCHA | {"password"})


def invitation():
    ours = member("示范工程检测有限公司", "李四")
    return Form(ours.client, "/portal/me/people/", {"phone": PHONE}, ["phone"])


def own_data():
    ours = member("示范工程检测有限公司", "李四")
    sound = {"name": "李四", "position": "经理", "email": "li@example.com"}
    return Form(ours.client, "/portal/me/", sound, list(sound))


def notice_editor():
    ours = member("示范工程检测有限公司", "李四")
    sound = notice_entries(
        units=[ours.unit],
        category="receipt",
        receipt_kind=ReceiptKind.DELIBERATION,
        items=["章程修订案"],
        deadline=typed(in_local_days(7)),
    )
    texts = ["title", "slug", "document_no", "deadline", "contact", "agenda_items-0-title", "agenda_items-0-options"]
    texts += ["seo_title", "search_description", "go_live_at", "expire_at"]
    return Form(staff("编辑"), add_url(), sound, texts)


def bank_note():
    desk = open_books()
    url = f"/cms/bank/desk/{entry(desk.finance).pk}/"
    return Form(browser(desk.finance), f"{url}comment/", {"words": "已致电", "shown": ""}, ["words"], page=url)


def bank_discard():
    desk = open_books()
    url = f"/cms/bank/desk/{entry(desk.finance).pk}/"
    return Form(browser(desk.finance), f"{url}discard/", {"reason": "非会费", "rest": "2000.00"}, ["reason"], page=url)


def order_confirmation():
    desk = open_books()
    ours = member("示范工程检测有限公司", "李四")
    order = place(ours.unit, ours.user)
    sound = {"amount": "2000.00", "received_on": "2026-06-01", "payer_name": "示范建设", "note": "", "received": "0.00"}
    return Form(browser(desk.finance), reverse("dues_order_confirm", args=[order.pk]), sound, list(sound))


def order_reversal():
    desk = open_books()
    ours = member("示范工程检测有限公司", "李四")
    pay(order := place(ours.unit, ours.user), desk.finance, day=date(2026, 6, 1))
    url = reverse("dues_order_reverse", args=[order.pk])
    return Form(browser(desk.finance), url, {"reason": "记错单位"}, ["reason"])


def member_import():
    """A table of two rows; what was typed into a row that is rejected stands in the report as it was typed."""

    def send(client, data):
        return client.post(
            "/cms/imports/", {"file": table(facts(1), {key: as_read(text) for key, text in data.items()})}
        )

    def lost(data):
        found = UnitImport.objects.first()
        if not found or not (row := found.rows.filter(number=3, verdict="rejected").first()):
            return
        for key, text in data.items():
            text = as_read(text).strip()[:500]  # a report shows no more of a cell
            if (shown := row.texts.get(key, "")) not in {text, text.removeprefix("'").lstrip()}:
                yield f"{key}: {text!r:.60} is shown as {shown!r:.60}"

    return Form(staff("会员审核"), "/cms/imports/", facts(2, email=""), list(HEAD), send=send, lost=lost)


FORMS = {
    make.__name__: make
    for make in (
        registration, registration_code, login, login_by_code, unit_profile, certificate_of_profile,
        branch_application, branch_contact, deliberation_receipt, attendees, declined_meeting, dues_order,
        phone_change, invitation, own_data, notice_editor, bank_note, bank_discard, order_confirmation,
        order_reversal, member_import,
    )
}  # fmt: skip


def made(name):
    """This form in a world of its own, with an association that has a name."""
    settings = AssociationSettings.load()
    settings.name, settings.phone = "示范省建设工程质量安全协会", "028-86000000"
    settings.save()
    AssociationSettings.current()
    return FORMS[name]()
