"""入会规则: who sets them, that every change is on record, and that templates are private files."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from membership.audit.models import AuditEntry
from membership.units import actions
from membership.units.models import MembershipSettings
from tests.factories import UnitFactory, clerk
from tests.files import pdf, pdf_bytes, upload
from tests.membership.units.staff.conftest import GROUPS

pytestmark = pytest.mark.django_db

FACTS = {
    "home_province": "51",
    "paperwork_exempt_before": "2024-01-01",
    "review_working_days": "3",
    "member_no_prefix": "HY",
}


def save(client, **changes):
    address = reverse("wagtailsettings:edit", args=["units", "membershipsettings", MembershipSettings.load().pk])
    return client.post(address, FACTS | changes)


@pytest.mark.parametrize("group", [*GROUPS, "member"])
def test_only_administrators_set_them(client, log_in, group):
    if group == "member":
        client.force_login(clerk(UnitFactory(certified=True)))
    else:
        log_in(group)
    save(client, review_working_days="5")
    allowed = group == "系统管理员"
    assert (MembershipSettings.load().review_working_days == 5) == allowed
    assert AuditEntry.objects.filter(verb="units.save_rules").count() == int(allowed)


def test_what_was_and_what_is_stands_in_the_trail(client, log_in):
    user = log_in("系统管理员")
    save(client, paperwork_exempt_before="2025-01-01", member_no_prefix="SC")
    entry = AuditEntry.objects.get(verb="units.save_rules")
    assert (entry.actor, entry.before, entry.after) == (
        user,
        {"member_no_prefix": "HY", "paperwork_exempt_before": "2024-01-01"},
        {"member_no_prefix": "SC", "paperwork_exempt_before": "2025-01-01"},
    )


def test_saving_without_a_change_is_no_act(client, log_in):
    log_in("系统管理员")
    assert save(client).status_code == 302
    assert AuditEntry.objects.filter(verb="units.save_rules").count() == 0


def test_they_count_at_once(client, log_in):
    log_in("系统管理员")
    assert MembershipSettings.current().home_province == "51"
    save(client, home_province="50")
    assert MembershipSettings.current().home_province == "50"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"home_province": "99"}, "home_province"),
        ({"paperwork_exempt_before": "soon"}, "paperwork_exempt_before"),
        ({"review_working_days": "0"}, "review_working_days"),
        ({"review_working_days": "61"}, "review_working_days"),
        ({"member_no_prefix": "HY2"}, "member_no_prefix"),
        ({"application_form_template": upload("x.pdf", b"<script>", "application/pdf")}, "application_form_template"),
        ({"commitment_letter_template": upload("x.exe", pdf_bytes(), "application/pdf")}, "commitment_letter_template"),
    ],
)
def test_what_is_refused_stands_beside_its_field(client, log_in, wrong, field):
    log_in("系统管理员")
    MembershipSettings.load()
    before = list(MembershipSettings.objects.values())
    assert list(save(client, **wrong).context["form"].errors) == [field]
    assert list(MembershipSettings.objects.values()) == before
    assert AuditEntry.objects.filter(verb="units.save_rules").count() == 0


class TestTemplates:
    URL = "/cms/membership-templates/application_form/"

    def test_a_template_is_stored_shown_and_handed_out_to_administrators(self, client, log_in):
        log_in("系统管理员")
        save(client, application_form_template=pdf("申请书.pdf"))
        page = client.get(reverse("wagtailsettings:edit", args=["units", "membershipsettings"]), follow=True)
        assert self.URL in page.content.decode()
        response = client.get(self.URL)
        assert b"".join(response.streaming_content) == pdf_bytes()
        assert response["Content-Disposition"].startswith("attachment")

    def test_it_stays_when_the_page_is_saved_without_one_and_goes_when_taken_away(self, client, log_in):
        log_in("系统管理员")
        save(client, application_form_template=pdf())
        key = MembershipSettings.load().application_form_template.name
        save(client, review_working_days="4")
        assert MembershipSettings.load().application_form_template.name == key
        save(client, **{"application_form_template-clear": "on"})
        assert MembershipSettings.load().application_form_template.name == ""

    @pytest.mark.parametrize("group", [group for group in GROUPS if group != "系统管理员"])
    def test_others_get_none(self, client, log_in, group):
        rules = MembershipSettings.load()
        rules.application_form_template.save("x", pdf())
        log_in(group)
        assert client.get(self.URL).status_code == 302

    @pytest.mark.parametrize("name", ["application_form", "commitment_letter", "home_province", "pk"])
    def test_what_is_not_there_is_not_found(self, client, log_in, name):
        log_in("系统管理员")
        assert client.get(f"/cms/membership-templates/{name}/").status_code == 404


def test_the_verb_asks_for_the_right(log_in):
    rules = MembershipSettings.load()
    rules.review_working_days = 9
    with pytest.raises(PermissionDenied):
        actions.save_rules(rules, by=log_in("会员审核"))
    assert MembershipSettings.load().review_working_days == 3
