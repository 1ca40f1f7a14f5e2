"""专业分会 of the demo association: five pages, each tied to its body."""

from config.demo.site_plan import PagePlan, people
from config.demo.writing import heading, para, points
from home.models import BranchPage, SectionPage
from membership.units.models import Body

MORE = "各会员单位可在会员之家提交入会申请，由分会秘书审核。"
# slug: summary, sky, what it is about, its work, its leaders, its contact
BRANCHES = {
    "testing": (
        "服务工程质量检测机构，推动检测数据真实、可追溯。",
        "blue",
        "检测分会由从事建设工程质量检测、试验和相关仪器设备研制的会员单位组成，致力于提升检测能力、规范检测行为。",
        [
            "组织检测能力比对和盲样考核；",
            "开展检测人员技术交流与继续教育；",
            "编制检测工作指引，推广检测数据追溯；",
            "受理检测行业自律投诉。",
        ],
        [
            ("鲁正中", "会长", "示范省工程质量检测中心"),
            ("赵敏", "副会长", "示范工程检测有限公司"),
            ("何晓东", "秘书长", "专职"),
        ],
        ("何晓东", "028-0000-1021", "testing@example.org"),
    ),
    "safety": (
        "聚焦施工安全管理，帮助会员单位防范事故风险。",
        "evening",
        "安全分会由施工企业、安全技术服务机构和相关科研院校组成，围绕危险性较大的分部分项工程管理开展服务。",
        [
            "组织安全生产标准化观摩；",
            "开展重大事故隐患排查专家巡诊；",
            "推广安全体验教育和智慧工地技术；",
            "每年发布安全管理典型案例。",
        ],
        [
            ("丁立群", "会长", "示范城市建设投资有限公司"),
            ("严立行", "副会长", "示范建设集团有限公司"),
            ("何秘书", "秘书长", "专职"),
        ],
        ("何秘书", "028-0000-1022", "safety@example.org"),
    ),
    "supervision": (
        "促进监理与全过程工程咨询企业规范履职、转型发展。",
        "noon",
        "监理分会由监理、项目管理和全过程工程咨询企业组成，维护监理行业秩序，提升监理服务质量。",
        [
            "制定监理工作标准化手册；",
            "开展总监理工程师和专业监理工程师培训；",
            "组织平行检验、旁站管理经验交流；",
            "研究全过程工程咨询服务模式。",
        ],
        [
            ("石开平", "会长", "示范监理咨询有限公司"),
            ("孙浩", "副会长", "示范监理咨询有限公司"),
            ("叶青", "秘书长", "专职"),
        ],
        ("叶青", "028-0000-1023", "supervision@example.org"),
    ),
    "appraisal": (
        "规范房屋安全鉴定活动，为既有建筑安全提供技术支撑。",
        "green",
        "鉴定分会由房屋安全鉴定、结构检测加固单位组成，推动既有建筑安全管理和城市更新中的鉴定工作。",
        [
            "编制房屋安全鉴定报告评审要点；",
            "组织鉴定报告质量抽查互评；",
            "为自建房、老旧小区排查提供专家支持；",
            "开展抗震鉴定与加固技术交流。",
        ],
        [
            ("方静怡", "会长", "示范省建筑设计研究院"),
            ("谭松", "副会长", "示范房屋鉴定有限公司"),
            ("沈悦", "秘书长", "专职"),
        ],
        ("沈悦", "028-0000-1024", "appraisal@example.org"),
    ),
    "quality": (
        "围绕工程质量提升，开展创优指导和质量管理小组活动。",
        "morning",
        "质量分会由各类工程建设单位组成，以质量通病防治、优质工程培育和质量管理小组活动为主要工作。",
        [
            "组织优质工程创建过程指导；",
            "开展质量管理小组成果交流；",
            "编制质量常见问题防治要点；",
            "推广先进质量管理方法。",
        ],
        [
            ("罗明远", "会长", "示范省建工集团有限公司"),
            ("李四", "理事", "示范建设集团有限公司"),
            ("何秘书", "秘书长", "专职"),
        ],
        ("何秘书", "028-0000-1025", "quality@example.org"),
    ),
}


def section(days):
    bodies = {body.slug: body for body in Body.objects.filter(slug__in=BRANCHES)}
    return PagePlan(
        SectionPage,
        "branches",
        "专业分会",
        summary="协会下设五个专业分会。会员单位可按业务范围加入一个或多个分会，加入分会不另收会费。",
        in_menu=True,
        below=[
            _branch(bodies[slug], number, *BRANCHES[slug]) for number, slug in enumerate(BRANCHES) if slug in bodies
        ],
    )


def _branch(body, number, summary, sky, about, work, leaders, contact):
    name, phone, email = contact
    return PagePlan(
        BranchPage,
        body.slug,
        body.name,
        published=150 - number,
        summary=summary,
        in_menu=True,
        picture=(f"{body.name}会员单位的在建工程", sky, 20 + number),
        body=[
            para(about),
            heading("主要工作"),
            points(*work),
            heading("分会负责人"),
            people(*leaders),
            heading("入会办法"),
            para(f"{MORE}加入{body.name}的单位应当先取得协会会员资格。"),
        ],
        facts={
            "branch": body,
            "contact_name": name,
            "phone": phone,
            "email": email,
            "office": "示范省示范市建设路 1 号建设大厦 8 层",
        },
    )
