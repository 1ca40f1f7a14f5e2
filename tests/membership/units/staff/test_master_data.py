"""Bodies, levels and qualification categories: who keeps them, and that what is used stays."""

import pytest

from membership.audit.models import AuditEntry
from membership.units.models import Body, Level, ProfileDraft, Qualification, QualificationCategory
from tests.factories import MembershipFactory, UnitFactory, clerk, qualification, review
from tests.membership.units.staff.conftest import GROUPS, register_url

pytestmark = pytest.mark.django_db


class TestMasterData:
    REGISTERS = ["bodies", "secretaries", "levels", "notice-categories"]
    NO_QUESTIONS = {"questions-TOTAL_FORMS": 0, "questions-INITIAL_FORMS": 0}

    @pytest.mark.parametrize("register", REGISTERS)
    @pytest.mark.parametrize("group", [*GROUPS, "member"])
    def test_it_is_the_administrators(self, client, log_in, group, register):
        if group == "member":
            client.force_login(clerk(UnitFactory(certified=True)))
        else:
            log_in(group)
        addresses = [register_url("index", register=register), register_url("create", register=register)]
        expected = 200 if group == "系统管理员" else 302
        assert [client.get(address).status_code for address in addresses] == [expected, expected]

    def test_a_branch_is_added_not_a_second_association(self, client, log_in):
        log_in("系统管理员")
        data = {"name": "造价分会", "short_name": "造价分会", "slug": "cost", "sort_order": 9, "is_open": "on"}
        client.post(register_url("create", register="bodies"), data | {"kind": "association"} | self.NO_QUESTIONS)
        assert Body.objects.get(slug="cost").kind == "branch"

    def test_a_branch_is_closed(self, client, log_in, branches):
        log_in("系统管理员")
        body = branches[0]
        data = {"name": body.name, "short_name": body.short_name, "slug": body.slug, "sort_order": 1}
        client.post(register_url("edit", body.pk, register="bodies"), data | self.NO_QUESTIONS)
        assert body not in Body.objects.open_branches()
        assert "否" in client.get(register_url("index", register="bodies")).content.decode()

    def test_levels_are_renamed(self, client, log_in):
        log_in("系统管理员")
        level = Level.objects.get(body_kind="association", slug="council")
        data = {"body_kind": "association", "rank": level.rank, "name": "理事会员", "slug": level.slug}
        client.post(register_url("edit", level.pk, register="levels"), data)
        level.refresh_from_db()
        assert level.name == "理事会员"

    def test_what_is_used_is_not_deleted(self, client, log_in, branches):
        MembershipFactory(unit=UnitFactory(certified=True), body=branches[0], active=True)
        log_in("系统管理员")
        level = Level.objects.get(body_kind="association", slug="ordinary")
        for register, row in (("bodies", branches[0]), ("levels", level)):
            client.post(register_url("delete", row.pk, register=register))
            assert type(row).objects.filter(pk=row.pk).exists()
            told = client.get(register_url("index", register=register)).content.decode()
            assert f"“{row}”正在使用，不能删除。" in told

    def test_what_is_not_used_may_go(self, client, log_in, branches):
        log_in("系统管理员")
        client.post(register_url("delete", branches[1].pk, register="bodies"))
        assert not Body.objects.filter(pk=branches[1].pk).exists()


class TestCategories:
    REGISTER = "qualification-categories"

    def save(self, client, pk=None, **changes):
        data = {"group": "许可及其他", "name": "消防技术服务", "grades": "一级、二级", "sort_order": 5, "is_open": "on"}
        address = (
            register_url("edit", pk, register=self.REGISTER) if pk else register_url("create", register=self.REGISTER)
        )
        return client.post(address, data | changes)

    @pytest.mark.parametrize("group", [*GROUPS, "member"])
    def test_reviewers_and_administrators_keep_them(self, client, log_in, group):
        if group == "member":
            client.force_login(clerk(UnitFactory(certified=True)))
        else:
            log_in(group)
        category = QualificationCategory.objects.first()
        pages = [
            register_url("index", register=self.REGISTER),
            register_url("create", register=self.REGISTER),
            register_url("edit", category.pk, register=self.REGISTER),
            register_url("delete", category.pk, register=self.REGISTER),
        ]
        allowed = group in {"会员审核", "系统管理员"}
        assert [client.get(page).status_code for page in pages] == [200 if allowed else 302] * 4
        self.save(client)
        client.post(pages[3])
        assert QualificationCategory.objects.filter(name="消防技术服务").exists() == allowed
        assert QualificationCategory.objects.filter(pk=category.pk).exists() != allowed

    @pytest.mark.parametrize("typed", ["一级、二级", "一级，二级", " 一级 / 二级 ", "一级;二级、"])
    def test_grades_are_separated_as_one_likes(self, client, log_in, typed):
        log_in("会员审核")
        self.save(client, grades=typed)
        assert QualificationCategory.objects.get(name="消防技术服务").grade_list == ["一级", "二级"]

    @pytest.mark.parametrize(
        ("wrong", "field", "words"),
        [
            ({"grades": "一级、一级"}, "grades", "等级有重复。"),
            ({"grades": "长" * 21}, "grades", f"“{'长' * 21}”过长，等级不超过 20 个字。"),
        ],
    )
    def test_what_is_refused(self, client, log_in, wrong, field, words):
        log_in("会员审核")
        assert self.save(client, **wrong).context["form"].errors == {field: [words]}
        assert not QualificationCategory.objects.filter(name="消防技术服务").exists()

    def test_once_in_a_group(self, client, log_in):
        log_in("会员审核")
        before = QualificationCategory.objects.count()
        known = QualificationCategory.objects.first()
        assert self.save(client, group=known.group, name=known.name).status_code == 200
        assert QualificationCategory.objects.count() == before

    def test_filtered_by_group_and_found(self, client, log_in):
        log_in("会员审核")
        shown = client.get(register_url("index", register=self.REGISTER), {"group": "施工总承包", "q": "公路"})
        assert [str(row) for row in shown.context["object_list"]] == ["施工总承包 · 公路工程"]

    def test_unused_goes(self, client, log_in):
        user = log_in("会员审核")
        category = QualificationCategory.objects.create(group="甲", name="乙")
        address = register_url("delete", category.pk, register=self.REGISTER)
        assert "未被使用" in client.get(address).content.decode()
        client.post(address)
        assert not QualificationCategory.objects.filter(pk=category.pk).exists()
        entry = AuditEntry.objects.get(verb="units.delete_category")
        assert (entry.actor, entry.object_id) == (user, str(category.pk))

    @pytest.mark.parametrize("used_by", ["certificate", "review", "draft"])
    def test_used_is_closed_instead(self, client, log_in, used_by):
        category = QualificationCategory.objects.get(group="施工总承包", name="建筑工程")
        other = QualificationCategory.objects.get(group="施工总承包", name="公路工程")
        unit = UnitFactory(certified=True)
        if used_by == "draft":
            values = {"qualifications-0-category": str(category.pk), "qualifications-0-grade": str(other.pk)}
            ProfileDraft.objects.create(unit=unit, values=values, saved_by=clerk(unit), saved_at=unit.created_at)
        else:
            certificate = qualification(unit)
            if used_by == "review":
                review(unit.certification)
                Qualification.objects.filter(pk=certificate.pk).delete()
        log_in("会员审核")
        address = register_url("delete", category.pk, register=self.REGISTER)
        assert "已被使用，不能删除" in client.get(address).content.decode()
        client.post(address)
        client.post(register_url("delete", other.pk, register=self.REGISTER))
        category.refresh_from_db()
        assert (category.is_open, QualificationCategory.objects.filter(pk=other.pk).exists()) == (False, False)
        assert AuditEntry.objects.filter(verb="units.close_category").count() == 1

    @pytest.mark.parametrize("number", [1, 50])
    def test_constant_number_of_queries(self, client, log_in, django_assert_num_queries, number):
        QualificationCategory.objects.all().delete()
        for n in range(number):
            QualificationCategory.objects.create(group="甲", name=f"乙{n}")
        log_in("会员审核")
        client.get(register_url("index", register=self.REGISTER))
        with django_assert_num_queries(11):
            client.get(register_url("index", register=self.REGISTER))
