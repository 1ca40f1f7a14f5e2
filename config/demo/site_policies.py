"""政策法规 of the demo association: six papers of invented authorities, with numbers and dates."""

from config.demo import papers
from config.demo.files import printed_text
from config.demo.site_plan import PagePlan
from config.demo.writing import SIGNER, FilePlan, callout, heading, para, points
from home.models import ArticlePage, SectionPage

MINISTRY = "示范省住房和城乡建设厅"
CITY = "示范市住房和城乡建设局"
MARKET = "示范省市场监督管理局"
NO_LAW = callout("说明", "本页为演示内容，不作为执法依据。")


def section(days):
    return PagePlan(
        SectionPage,
        "policies",
        "政策法规",
        summary="与工程质量安全有关的法规、规章、规范性文件和行业自律规定。",
        in_menu=True,
        facts={"shows": SectionPage.Shows.ARTICLES},
        below=[_testing(days), _hidden(days), _supervision(days), _houses(days), _market(days), _pact(days)],
    )


def _policy(days, slug, title, published, body, *, issuer, code, number, issued, effective, files=()):
    """`issued` and `effective` are days from today; `code` stands before the year of the document number."""
    return PagePlan(
        ArticlePage,
        slug,
        title,
        published,
        summary=f"{issuer}发布。",
        body=[*body, NO_LAW],
        files=list(files),
        facts={
            "issuer": issuer,
            "document_no": f"{code}〔{days.day(issued).year}〕{number}号",
            "issued_on": days.day(issued),
            "effective_on": days.day(effective),
            "source": issuer,
        },
    )


def _testing(days):
    body = [
        para("各市（州）住房和城乡建设局，各有关单位："),
        para("为加强建设工程质量检测管理，保障检测数据真实可靠，现就有关事项通知如下。"),
        heading("一、规范检测委托"),
        para(
            "建设单位应当委托具有相应资质的检测机构，在工程概算中列支检测费用，不得压低检测费用或者要求出具虚假报告。"
        ),
        heading("二、落实见证取样"),
        para("施工单位应当在建设单位或者监理单位的见证下取样，取样人员和见证人员对试样的代表性、真实性负责。"),
        heading("三、强化数据追溯"),
        points(
            "检测过程数据自动采集，不得人工修改；",
            "关键检测环节留存影像资料不少于六年；",
            "不合格项目单独建立台账，按规定时限报告。",
        ),
    ]
    paper = FilePlan(papers.TESTING_NOTICE[0], "检测管理通知.pdf", lambda: printed_text(*papers.TESTING_NOTICE))
    return _policy(
        days, "testing-management", "关于加强建设工程质量检测管理的通知", 6, body,
        issuer=MINISTRY, code="示建质", number=12, issued=-9, effective=21, files=[("", paper, "")],
    )  # fmt: skip


def _hidden(days):
    body = [
        para("为准确认定、及时消除房屋建筑和市政基础设施工程生产安全重大事故隐患，根据有关法律法规，制定本办法。"),
        heading("适用范围"),
        para("本办法适用于本省行政区域内新建、扩建、改建和拆除房屋建筑与市政基础设施工程的重大事故隐患判定和处理。"),
        heading("企业责任"),
        points(
            "施工单位是重大事故隐患排查治理的责任主体，主要负责人对本单位排查治理工作全面负责；",
            "发现重大事故隐患应当立即停止相关作业，撤离人员，并在二十四小时内报告；",
            "治理完成后应当组织专家验收，形成书面记录。",
        ),
    ]
    return _policy(
        days, "major-hazards", "房屋市政工程重大事故隐患判定与治理办法", 19, body,
        issuer=MINISTRY, code="示建规", number=3, issued=-25, effective=5,
    )  # fmt: skip


def _supervision(days):
    body = [
        para("为促进工程监理行业高质量发展，提升工程质量安全水平，提出如下意见。"),
        heading("主要任务"),
        points(
            "落实总监理工程师负责制，保证关键岗位人员到岗；",
            "推行监理工作标准化、信息化，规范旁站、巡视和平行检验；",
            "支持监理企业发展全过程工程咨询；",
            "合理确定监理服务费，反对低价恶性竞争。",
        ),
    ]
    return _policy(
        days, "supervision-development", "关于促进工程监理行业高质量发展的意见", 40, body,
        issuer=MINISTRY, code="示建发", number=27, issued=-46, effective=-46,
    )  # fmt: skip


def _houses(days):
    body = [
        para("为加强城市既有房屋安全管理，保障居民生命财产安全，制定本细则。"),
        heading("鉴定情形"),
        points(
            "房屋出现明显裂缝、倾斜、沉降的；",
            "拟改变使用用途或者加层、扩建的；",
            "达到设计使用年限后继续使用的；",
            "因自然灾害或者事故造成结构损伤的。",
        ),
        para("房屋安全鉴定报告应当由具有相应能力的鉴定机构出具，鉴定机构对报告结论负责。"),
    ]
    return _policy(
        days, "house-safety", "示范市既有房屋安全管理实施细则", 66, body,
        issuer=CITY, code="示市建", number=41, issued=-75, effective=-44,
    )  # fmt: skip


def _market(days):
    body = [
        para("为规范检验检测机构资质认定工作，优化审批服务，现就告知承诺程序的有关事项公告如下。"),
        points(
            "首次申请、扩项和场所变更，可以自愿选择告知承诺程序；",
            "机构作出承诺并提交材料的，当场作出资质认定决定；",
            "作出决定后三个月内组织现场核查，承诺不实的，依法撤销。",
        ),
    ]
    return _policy(
        days, "accreditation", "关于检验检测机构资质认定实行告知承诺的公告", 95, body,
        issuer=MARKET, code="示市监认", number=8, issued=-101, effective=-71,
    )  # fmt: skip


def _pact(days):
    body = [
        para("为维护检测市场秩序，保证检测数据真实，会员单位共同约定如下。"),
        points(
            "不出具虚假检测报告，不篡改、伪造检测数据；",
            "不以低于成本的价格承揽检测业务；",
            "不转包检测业务，不出借资质证书；",
            "自觉接受协会和社会监督，违反公约的，接受协会自律处理。",
        ),
        para("本公约自理事会通过之日起执行，由检测分会负责解释。"),
    ]
    return _policy(
        days, "testing-pact", "工程质量检测数据真实性自律公约", 130, body,
        issuer=SIGNER, code="示建质安协", number=5, issued=-135, effective=-135,
    )  # fmt: skip
