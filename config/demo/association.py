"""The demo association itself: its facts, its address on this machine, its home page and its staff."""

import os

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils.functional import cached_property
from wagtail.models import Site

from cms.models import AssociationSettings
from config.demo.accounts import DEMO_PASSWORD, DEMO_STAFF
from home.models import HomePage
from membership.accounts.models import User

FACTS = {
    "name": "示范省建设工程质量安全协会",
    "short_name": "示范省质安协会",
    "phone": "028-0000-1001",
    "support_phone": "028-0000-1002",
    "working_hours": "周一至周五 9:00—12:00，14:00—17:30",
    "address": "示范省示范市建设路 1 号建设大厦 8 层",
    "icp": "示ICP备00000000号",
}
HERO_TITLE = "共筑质量根基，同守安全底线"
HERO_TEXT = "示范省建设工程质量安全协会为施工、监理、检测、鉴定、设计等会员单位提供交流、培训、自律与政策服务。"
UNTOUCHED_HERO = "会员之家"
GROUPS = {
    "editor": "编辑",
    "reviewer": "会员审核",
    "finance": "财务",
    "secretary_general": "秘书长",
    "secretary": "分会秘书",
    "administrator": "系统管理员",
}


class Accounts:
    """Makes the demo's logins. They share one password, so it is hashed once: hashing is slow on purpose."""

    @cached_property
    def _password(self):
        return make_password(DEMO_PASSWORD)

    def make(self, account, **fields):
        """The user of this demo account, made now if there is none; returns (user, whether it is new)."""
        return User.objects.get_or_create(
            phone=f"+86{account.phone}",
            defaults={"name": account.name, "password": self._password, "phone_verified": True, **fields},
        )


def state_facts():
    """Name the association, once; what the staff has entered since stays. Returns whether anything changed."""
    settings = AssociationSettings.load()
    if settings.name:
        return False
    for field, value in FACTS.items():
        setattr(settings, field, value)
    settings.save()
    return True


def settle_site():
    """Tell Wagtail under which address this machine serves the demo, unless someone has already said so."""
    port = int(os.environ.get("PORT") or 8000)
    untouched = Site.objects.filter(hostname="localhost", port=80, is_default_site=True)
    site = untouched.first()
    if site is None:
        return False
    site.hostname, site.port, site.site_name = "127.0.0.1", port, FACTS["short_name"]
    site.save()
    return True


def furnish_home_page(editor):
    """Give the home page its headline, unless the editors have already written one."""
    page = HomePage.objects.filter(hero_title=UNTOUCHED_HERO).first()
    if page is None:
        return False
    page.hero_title, page.hero_text = HERO_TITLE, HERO_TEXT
    page.search_description = HERO_TEXT
    page.save_revision(user=editor).publish(user=editor)
    return True


def employ_staff(accounts):
    """Make the staff and put them into their groups; returns ({role: user}, how many are new)."""
    staff, hired = {}, 0
    for account in DEMO_STAFF:
        is_root = account.role == "administrator"
        user, is_new = accounts.make(account, is_staff=True, is_superuser=is_root)
        if is_new:
            user.groups.add(Group.objects.get(name=GROUPS[account.role]))
        staff[account.role] = user
        hired += is_new
    return staff, hired
