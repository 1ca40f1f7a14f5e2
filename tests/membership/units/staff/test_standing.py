"""Pages that change a level, suspend, resume and end a membership: who, with what words, and what is refused."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.messaging.models import OutboundMessage
from membership.units import actions
from membership.units.models import Document, Level, LevelTerm, Membership
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk, document
from tests.files import pdf, upload
from tests.membership.units.conftest import level
from tests.membership.units.staff.conftest import tab

pytestmark = pytest.mark.django_db

VERBS = ["level", "suspend", "resume", "leave"]


@pytest.fixture
def membership():
    """The certification of a unit, an ordinary member for a hundred days."""
    unit = UnitFactory(certified=True, name="示范建设")
    clerk(unit, phone="+8613811138111")
    certification = unit.memberships.get()
    LevelTerm.objects.create(
        membership=certification,
        level=certification.level,
        since=timezone.localdate() - timedelta(days=100),
        decided_by=certification.decided_by,
        decided_at=timezone.now(),
    )
    return certification


@pytest.fixture
def in_branch(membership, branches):
    return MembershipFactory(unit=membership.unit, body=branches[0], active=True)


def page(membership, verb):
    return reverse(f"membership_{verb}", args=[membership.pk])


def answers(membership, **changed):
    given = {"level": level(slug="council").pk, "since": f"{timezone.localdate():%Y-%m-%d}", "remark": "理事会选举通过"}
    return given | changed


def everything():
    """What a refusal leaves as it was."""
    return (
        list(Membership.objects.order_by("pk").values()),
        list(LevelTerm.objects.order_by("pk").values()),
        AuditEntry.objects.exclude(verb="units.store_document").count(),
        OutboundMessage.objects.count(),
    )


def errors(response):
    return {name: [str(word) for word in said] for name, said in response.context["form"].errors.items()}


class TestWho:
    ALLOWED = {
        "编辑": set(),
        "会员审核": set(VERBS),
        "分会秘书": set(),
        "财务": set(),
        "秘书长": {"level"},
        "系统管理员": set(VERBS),
    }

    @pytest.mark.parametrize("group", ALLOWED)
    def test_matrix_of_the_association(self, client, log_in, membership, group):
        log_in(group)
        for verb in VERBS:
            membership.refresh_from_db()
            Membership.objects.filter(pk=membership.pk).update(state="suspended" if verb == "resume" else "active")
            before = everything()
            codes = [client.get(page(membership, verb)).status_code]
            codes.append(client.post(page(membership, verb), answers(membership)).status_code)
            allowed = verb in self.ALLOWED[group]
            assert codes == ([200, 302] if allowed else [302, 302])
            assert (everything() == before) != allowed

    def test_a_secretary_in_the_own_branch(self, client, log_in, membership, in_branch):
        log_in("分会秘书", in_branch.body)
        before = everything()
        assert client.post(page(in_branch, "level"), answers(in_branch)).status_code == 302
        assert client.get(page(membership, "suspend")).status_code == 404
        assert everything() == before
        client.post(page(in_branch, "suspend"), {"remark": "长期不参加活动"})
        in_branch.refresh_from_db()
        assert (in_branch.state, in_branch.remark) == ("suspended", "长期不参加活动")

    @pytest.mark.parametrize("verb", VERBS)
    def test_a_secretary_of_another_branch_finds_nothing(self, client, log_in, in_branch, branches, verb):
        log_in("分会秘书", branches[1])
        before = everything()
        assert client.post(page(in_branch, verb), {"remark": "x"}).status_code == 404
        assert everything() == before

    @pytest.mark.parametrize("verb", VERBS)
    def test_members_and_visitors_do_not_get_there(self, client, membership, verb):
        assert client.post(page(membership, verb), {"remark": "x"}).status_code == 302
        client.force_login(membership.unit.seats.get().user)
        before = everything()
        assert client.post(page(membership, verb), {"remark": "x"}).status_code == 302
        assert everything() == before


class TestLevel:
    def test_another_level_from_a_day_on_with_ground_and_document(self, client, log_in, membership):
        user = log_in("秘书长")
        since = timezone.localdate() - timedelta(days=3)
        response = client.post(
            page(membership, "level"), answers(membership, since=f"{since:%Y-%m-%d}", file=pdf("决议.pdf"))
        )
        assert response["Location"] == tab(membership.unit, "standing")
        old, new = LevelTerm.objects.order_by("since")
        assert (old.until, new.level, new.since, new.until) == (since, level(slug="council"), since, None)
        assert (new.remark, new.decided_by) == ("理事会选举通过", user)
        assert (new.document.kind, new.document.original_name) == ("level_decision", "决议.pdf")
        membership.refresh_from_db()
        assert membership.level == level(slug="council")
        assert OutboundMessage.objects.get().variables == {"unit": "示范建设", "level": "大协会理事单位"}

    def test_levels_of_this_kind_of_body_alone_and_not_the_present_one(self, client, log_in, membership, in_branch):
        log_in("会员审核")
        for row, kind in ((membership, "association"), (in_branch, "branch")):
            offered = client.get(page(row, "level")).context["form"].fields["level"].queryset
            assert set(offered) == set(Level.objects.filter(body_kind=kind).exclude(slug="ordinary"))

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"level": ""}, {"level": ["选择新等级。"]}),
            ({"since": ""}, {"since": ["填写生效日期。"]}),
            ({"since": "昨天"}, {"since": ["日期格式如 2026-01-31。"]}),
            ({"since": "2999-01-01"}, {"since": ["日期不能晚于今天。"]}),
            ({"remark": "  "}, {"remark": ["填写调整依据。"]}),
        ],
    )
    def test_what_is_missing_is_said_beside_it_and_the_rest_is_kept(self, client, log_in, membership, wrong, said):
        log_in("会员审核")
        before = everything()
        response = client.post(page(membership, "level"), answers(membership, **wrong))
        assert (response.status_code, errors(response)) == (422, said)
        kept = {name: response.context["form"][name].value() for name in answers(membership)}
        assert {name: str(value) for name, value in kept.items()} == {
            name: str(value) for name, value in answers(membership, **wrong).items()
        }
        assert everything() == before

    def test_a_day_before_the_present_term_is_refused_in_words(self, client, log_in, membership):
        log_in("会员审核")
        before = everything()
        response = client.post(page(membership, "level"), answers(membership, since="2001-01-01"))
        first = timezone.localdate() - timedelta(days=100)
        assert errors(response) == {"since": [f"现等级自 {first:%Y-%m-%d} 起生效，日期不能早于该日。"]}
        assert (response.status_code, everything() == before) == (422, True)

    def test_a_level_of_another_kind_of_body_cannot_be_sent(self, client, log_in, membership):
        log_in("会员审核")
        response = client.post(page(membership, "level"), answers(membership, level=level("branch", "council").pk))
        assert (response.status_code, list(errors(response))) == (422, ["level"])

    def test_a_file_is_kept_while_another_field_is_mended(self, client, log_in, membership):
        log_in("会员审核")
        refused = client.post(page(membership, "level"), answers(membership, remark="", file=pdf("决议.pdf")))
        stored = Document.objects.get(kind="level_decision")
        html = refused.content.decode()
        assert (refused.status_code, f'name="kept" value="{stored.pk}"' in html, "“决议.pdf”" in html) == (
            422,
            True,
            True,
        )
        client.post(page(membership, "level"), answers(membership, kept=stored.pk))
        assert LevelTerm.objects.current().get().document == stored
        assert Document.objects.filter(kind="level_decision").count() == 1

    @pytest.mark.parametrize("whose", ["other unit", "other kind", "other person"])
    def test_nobody_elses_file_is_taken_for_it(self, client, log_in, membership, whose):
        user = log_in("会员审核")
        unit = UnitFactory(certified=True) if whose == "other unit" else membership.unit
        kind = "business_license" if whose == "other kind" else "level_decision"
        strange = document(unit, kind, by=UserFactory(staff=True) if whose == "other person" else user)
        client.post(page(membership, "level"), answers(membership, kept=strange.pk))
        assert LevelTerm.objects.current().get().document is None

    def test_what_is_no_scan_is_refused_at_the_file(self, client, log_in, membership):
        log_in("会员审核")
        before = everything()
        script = upload("决议.pdf", b"<script>alert(1)</script>", "application/pdf")
        response = client.post(page(membership, "level"), answers(membership, file=script))
        assert (response.status_code, list(errors(response)), everything() == before) == (422, ["file"], True)
        assert Document.objects.filter(kind="level_decision").count() == 0

    def test_days_are_those_of_the_association(self, client, log_in, membership, time_machine):
        log_in("会员审核")
        time_machine.move_to("2026-11-25T16:30:00Z", tick=False)  # past midnight in Shanghai
        LevelTerm.objects.update(since=date(2026, 1, 1))
        assert client.post(page(membership, "level"), answers(membership, since="2026-11-26")).status_code == 302


class TestMoves:
    def test_suspended_with_a_reason(self, client, log_in, membership):
        user = log_in("会员审核")
        response = client.post(page(membership, "suspend"), {"remark": "连续两年未缴会费"})
        membership.refresh_from_db()
        assert response["Location"] == tab(membership.unit, "standing")
        assert (membership.state, membership.remark) == ("suspended", "连续两年未缴会费")
        entry = AuditEntry.objects.get(verb="units.suspend")
        assert (entry.actor, entry.unit_id) == (user, membership.unit_id)
        assert OutboundMessage.objects.get().template == "membership_suspended"

    def test_resumed(self, client, log_in, membership):
        Membership.objects.filter(pk=membership.pk).update(state="suspended")
        log_in("会员审核")
        client.post(page(membership, "resume"), {"remark": "已补缴"})
        membership.refresh_from_db()
        assert (membership.state, membership.remark, membership.level) == ("active", "已补缴", level())

    def test_who_leaves_the_association_leaves_its_branches_and_is_told(self, client, log_in, membership, in_branch):
        log_in("会员审核")
        told = client.get(page(membership, "leave")).context["consequences"]
        assert [in_branch.body.name in sentence for sentence in told].count(True) == 1
        client.post(page(membership, "leave"), {"remark": "单位注销"})
        states = dict(Membership.objects.values_list("body__kind", "state"))
        assert states == {"association": "left", "branch": "left"}
        assert list(LevelTerm.objects.values_list("until", flat=True)) == [timezone.localdate()]
        assert [message.template for message in OutboundMessage.objects.all()] == ["membership_ended"]

    def test_who_leaves_a_branch_stays_in_the_association(self, client, log_in, membership, in_branch):
        log_in("会员审核")
        client.post(page(in_branch, "leave"), {"remark": "申请退出"})
        states = dict(Membership.objects.values_list("body__kind", "state"))
        assert states == {"association": "active", "branch": "left"}

    @pytest.mark.parametrize("verb", ["suspend", "leave"])
    def test_without_a_reason_nothing_happens(self, client, log_in, membership, verb):
        log_in("会员审核")
        before = everything()
        response = client.post(page(membership, verb), {"remark": " "})
        assert (response.status_code, errors(response)) == (422, {"remark": ["请填写原因，单位将看到这段文字。"]})
        assert everything() == before

    @pytest.mark.parametrize(
        ("verb", "state"),
        [
            ("suspend", "pending"),
            ("suspend", "suspended"),
            ("resume", "active"),
            ("leave", "left"),
            ("level", "pending"),
        ],
    )
    def test_what_the_state_does_not_allow_is_said_and_not_done(self, client, log_in, membership, verb, state):
        Membership.objects.filter(pk=membership.pk).update(state=state)
        log_in("会员审核")
        before = everything()
        response = client.post(page(membership, verb), answers(membership), follow=True)
        assert "不能执行此操作" in response.content.decode()
        assert everything() == before

    def test_a_refusal_of_the_verb_is_said_on_the_page_and_the_reason_is_kept(
        self, client, log_in, membership, monkeypatch
    ):
        """A colleague decides between the opening of the page and its button."""
        log_in("会员审核")
        colleague = UserFactory(root=True)
        view = "membership.units.staff.standing.MoveView.is_possible"

        def meanwhile(self):
            actions.suspend(membership, by=colleague, remark="同事已暂停")
            return True

        monkeypatch.setattr(view, meanwhile)
        response = client.post(page(membership, "suspend"), {"remark": "我的原因"})
        assert (response.status_code, list(errors(response))) == (422, ["__all__"])
        assert "我的原因" in response.content.decode()
        membership.refresh_from_db()
        assert (membership.remark, AuditEntry.objects.filter(verb="units.suspend").count()) == ("同事已暂停", 1)
