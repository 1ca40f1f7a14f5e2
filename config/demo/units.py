"""The member units of the demo association: the six named ones and a register full of invented ones."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from config.demo.accounts import DEMO_MEMBERS, DemoAccount
from membership.units.states import MembershipState as S
from membership.units.states import UnitType as T
from membership.units.uscc import check_character

CLERKS = {account.role: account for account in DEMO_MEMBERS}


@dataclass
class UnitPlan:
    """A unit as the demo wants it: its facts, who acts for it, how its application went, and in which branches it is.

    `branches` is {slug of the branch: slug of the level, or None while the application is under review}.
    """

    facts: dict
    owner: DemoAccount
    state: S
    level: str = "ordinary"
    branches: dict = field(default_factory=dict)
    waiting_days: int = 0

    @property
    def name(self):
        return self.facts["name"]


def _named(name, uscc, unit_type, city, legal, state=S.ACTIVE, level="ordinary", branches=None, **facts):
    clerk = CLERKS[name]
    facts = {
        "name": name,
        "uscc": uscc,
        "unit_type": unit_type,
        "province": "51",
        "city": city,
        "legal_representative": legal,
        "contact_department": "综合办公室",
        "contact_name": clerk.name,
        "contact_phone": clerk.phone,
        **facts,
    }
    return UnitPlan(facts, clerk, state, level, branches or {}, waiting_days=2)


def named_units():
    """The units of the demo accounts; the first is the guide's own example with its three lines of standing."""
    return [
        _named(
            "示范建设集团有限公司", "91510100MA0000001L", T.CONTRACTOR, "成都市", "张三",
            branches={"safety": "ordinary", "quality": "council"}, contact_department="质量部",
            address="示范市建设路 88 号", postcode="610000", telephone="028-0000-2001", email="lisi@example.com",
            qq="10000001", founded_on=date(2003, 5, 18), registered_capital=Decimal("30000"), staff_count=860,
            joined_on=date(2012, 3, 6), was_member_before=True,
            introduction="房屋建筑和市政公用工程施工总承包企业，近五年获省级优质工程奖 12 项。",
        ),
        _named(
            "示范工程检测有限公司", "91510100MA0000002P", T.TESTING, "成都市", "周立群",
            branches={"testing": "council", "quality": None}, address="示范市科技路 16 号", postcode="610000",
            telephone="028-0000-2002", founded_on=date(2009, 9, 1), staff_count=126, joined_on=date(2015, 6, 20),
            was_member_before=True,
        ),
        _named(
            "示范监理咨询有限公司", "91510100MA0000003T", T.SUPERVISION, "绵阳市", "何志远",
            level="standing_council", branches={"supervision": "vice_president", "safety": "ordinary"},
            address="示范市滨江路 205 号", telephone="0816-0000-203", founded_on=date(2001, 4, 12), staff_count=340,
            joined_on=date(2010, 1, 15), was_member_before=True,
        ),
        _named(
            "示范建工（外省）有限公司", "91500000MA0000004L", T.CONTRACTOR, "重庆市", "罗建国", state=S.PENDING,
            province="50", branches={"safety": None}, address="两江新区示范大道 9 号", founded_on=date(2008, 8, 8),
            staff_count=520,
        ),
        _named(
            "示范职业学院", "12510000MA00000051", T.SCHOOL, "德阳市", "谢明德",
            branches={"quality": "ordinary"}, contact_department="建筑工程系", address="示范市学府路 1 号",
            telephone="0838-0000-205", joined_on=date(2018, 11, 2), was_member_before=True,
        ),
        _named("示范行业研究会", "51510000MA00000063", T.SOCIETY, "成都市", "曹一凡", state=S.DRAFT),
    ]  # fmt: skip


MARKS = """
    锦岳 岷原 蜀筑 川阜 天峦 沱源 嘉禾 泰衡 中栋 华垒 金砥 青衡 瑞垣 宏梁 安泽 长阔 西陵 启构 东篱 和筑
    云栈 雅拓 江岑 盛基 同砺 正规 明矩 鼎础 恒垚 远桥 新阙 博楹 广厦川 立信达 思源建 融汇通 佳固 永砼 汉屹 科砺
    越坤 诚检 卓安 凌云筑 致远衡 信诚岩
""".split()  # noqa: SIM905
KINDS = [
    (T.CONTRACTOR, "{}建设工程有限公司", ("safety", "quality")),
    (T.SUPERVISION, "{}工程监理有限公司", ("supervision", "safety")),
    (T.TESTING, "{}工程检测有限公司", ("testing", "quality")),
    (T.CONTRACTOR, "{}建筑工程有限公司", ("quality", "safety")),
    (T.APPRAISAL, "{}房屋安全鉴定有限公司", ("appraisal",)),
    (T.DESIGN, "{}建筑设计有限公司", ("quality",)),
    (T.MATERIALS, "{}混凝土有限公司", ("quality", "testing")),
    (T.SURVEY, "{}岩土勘察有限公司", ()),
    (T.CONTRACTOR, "{}市政工程有限公司", ("safety",)),
    (T.COST, "{}工程造价咨询有限公司", ()),
    (T.OWNER, "{}置业有限公司", ("quality",)),
    (T.TESTING, "{}建材检测有限公司", ("testing",)),
    (T.OTHER, "{}安全技术服务有限公司", ("safety",)),
    (T.SCHOOL, "{}建筑职业技术学校", ()),
    (T.RESEARCH, "{}建筑科学研究院", ("testing", "appraisal")),
    (T.SOCIETY, "{}建筑业联合会", ()),
]
CITIES = [
    ("51", "510100", "成都市"), ("51", "510700", "绵阳市"), ("51", "510100", "成都市"), ("51", "510600", "德阳市"),
    ("51", "511500", "宜宾市"), ("51", "510500", "泸州市"), ("51", "510100", "成都市"), ("51", "511300", "南充市"),
    ("51", "511100", "乐山市"), ("50", "500000", "重庆市"), ("51", "511700", "达州市"), ("53", "530100", "昆明市"),
]  # fmt: skip
KIND_OF_BODY = {T.SCHOOL: "12", T.RESEARCH: "12", T.SOCIETY: "51"}  # registered elsewhere than companies (91)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶杜魏钟汪蒋"
GIVEN = "建华 国强 志明 海燕 文静 永生 丽娟 德胜 晓峰 春梅 宏伟 玉兰 俊杰 少华 立新 慧敏 长江 秀英 学军 世平".split()  # noqa: SIM905
DEPARTMENTS = ["综合办公室", "质量安全部", "行政部", "工程管理部", "总工办"]
RANKED = ["president", *["vice_president"] * 3, *["standing_council"] * 4, *["council"] * 8]
UNDECIDED = {
    36: S.PENDING, 37: S.PENDING, 38: S.RETURNED, 39: S.PENDING, 40: S.DRAFT, 41: S.RETURNED, 42: S.PENDING,
    43: S.REJECTED, 44: S.DRAFT, 45: S.PENDING,
}  # fmt: skip
# What the unit reads, and what is marked: {beginning of an item's key: reason}.
RETURN_REASONS = [
    (
        "资质证书扫描件模糊不清，请重新上传；营业执照已过有效期，请上传最新版本。",
        {"qualification:": "blurred", "business_license": "expired"},
    ),
    ("入会申请书未加盖单位印章，请盖章后重新扫描上传。", {"application_form": "no_seal"}),
]
REJECT_REASON = "所申报业务范围不属于本协会会员发展范围。"


def credit_code(unit_type, region, number):
    """A valid credit code that belongs to nobody: kind of registration, region, number, check character."""
    first17 = f"{KIND_OF_BODY.get(unit_type, '91')}{region}MA9{number:06d}"
    return first17 + check_character(first17)


def invented_units(today):
    """The other units, the same at every call of the same day: most are certified, some wait for a decision."""
    dice = random.Random("示范省建设工程质量安全协会")
    return [_invented(number, mark, dice, today) for number, mark in enumerate(MARKS)]


def _invented(number, mark, dice, today):
    unit_type, pattern, branches = KINDS[number % len(KINDS)]
    province, region, city = CITIES[number % len(CITIES)]
    state = UNDECIDED.get(number, S.ACTIVE)
    joined = date(2011, 1, 1) + timedelta(days=dice.randrange(5200))
    clerk = dice.choice(SURNAMES) + dice.choice(GIVEN)
    phone = f"1380000{1001 + number}"
    facts = {
        "name": pattern.format(mark),
        "uscc": credit_code(unit_type, region, number + 1),
        "unit_type": unit_type,
        "province": province,
        "city": city,
        "address": f"{city}建设路 {dice.randrange(1, 300)} 号",
        "telephone": f"028-0000-{3001 + number}",
        "legal_representative": dice.choice(SURNAMES) + dice.choice(GIVEN),
        "contact_department": dice.choice(DEPARTMENTS),
        "contact_name": clerk,
        "contact_phone": phone,
        "founded_on": joined - timedelta(days=dice.randrange(300, 4000)),
        "staff_count": dice.randrange(20, 900),
        "joined_on": joined if state == S.ACTIVE else today,
        "was_member_before": state == S.ACTIVE,
    }
    level = RANKED[number] if number < len(RANKED) else "ordinary"
    standing = {slug: _branch_level(dice, number, state) for slug in branches if dice.random() < 0.8}
    owner = DemoAccount(facts["name"], phone, clerk)
    return UnitPlan(facts, owner, state, level, standing, waiting_days=dice.randrange(1, 9))


def _branch_level(dice, number, state):
    """The level in a branch; None leaves the application to that branch under review."""
    if state != S.ACTIVE or number % 9 == 5:
        return None
    return dice.choice(["vice_president", "standing_council", "council", "council", *["ordinary"] * 6])
