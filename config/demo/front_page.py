"""The front page of the demo: quick links, the newest, the association in a few words, figures, useful entrances."""

from wagtail.models import Page

from config.demo import pictures
from config.demo.site_plan import link
from home.figures import FigureSource
from home.models import HomePage

PARTNERS = [
    ("政策法规", "法规、规范性文件与自律规定", "/policies/"),
    ("会员证书查验", "扫码或输入查验码", "/verify/"),
    ("专业分会", "检测、安全、监理、鉴定、质量", "/branches/"),
    ("会员之家", "会员单位办事入口", "/portal/"),
]


def furnish(editor):
    """Put the parts of the front page together, unless the editors have already done so. Returns whether it did."""
    home = HomePage.objects.get()
    if home.sections:
        return False
    at = {page.slug: page for page in Page.objects.child_of(home).live()}
    home.hero_picture = pictures.picture("示范市新区建设中的楼群", "blue", 7)
    home.sections = [
        ("quick_links", {"links": _quick(at)}),
        ("latest", {"sections": [at["news"], at["policies"]]}),
        ("notices", {"categories": ["notice", "announcement", "activity", "training"]}),
        ("about", _about(at)),
        ("figures", {"figures": _figures()}),
        (
            "partners",
            {
                "title": "常用入口",
                "links": [link(name, address, note=note, picture=None) for name, note, address in PARTNERS],
            },
        ),
    ]
    home.save_revision(user=editor).publish(user=editor)
    return True


def _quick(at):
    return [
        link("申请入会", page=at["join"], note="条件、流程与材料", icon="user-plus"),
        link("缴纳会费", "/portal/dues/", note="登录后在线办理", icon="banknotes"),
        link("资料下载", page=at["downloads"], note="常用表格与文件", icon="arrow-down-tray"),
        link("证书查验", "/verify/", note="核对会员身份", icon="shield-check"),
    ]


def _about(at):
    text = (
        "<p>示范省建设工程质量安全协会成立于 1998 年，由全省从事施工、监理、检测、鉴定、设计等业务的单位自愿组成。"
        "协会坚持服务会员、服务行业、服务社会、服务政府，下设五个专业分会，"
        "为会员单位提供培训、咨询、交流、自律与政策服务。</p>"
    )
    return {
        "title": "走进协会",
        "text": text,
        "picture": pictures.picture("示范市建设路沿线的建筑工地", "morning", 3),
        "links": [link("了解协会", page=at["about"]), link("专业分会", page=at["branches"])],
    }


def _figures():
    return [
        {"label": "会员单位", "source": FigureSource.MEMBERS, "number": None, "unit": "家"},
        {"label": "专业分会", "source": FigureSource.BRANCHES, "number": None, "unit": "个"},
        {"label": "今年发布通知与活动", "source": FigureSource.NOTICES, "number": None, "unit": "条"},
        {"label": "服务行业", "source": FigureSource.ENTERED, "number": 28, "unit": "年"},
    ]
