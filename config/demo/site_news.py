"""协会动态 of the demo association: nine reports of the last months."""

from config.demo.site_plan import PagePlan
from config.demo.writing import heading, para, points, quote
from home.models import ArticlePage, SectionPage

SOURCE = "协会秘书处"


def section(days):
    return PagePlan(
        SectionPage,
        "news",
        "协会动态",
        summary="协会和各专业分会的工作与活动。",
        in_menu=True,
        facts={"shows": SectionPage.Shows.ARTICLES},
        below=[
            _news(
                "council-meeting",
                "协会召开第六届理事会第三次会议",
                3,
                "会议审议通过年度工作安排和两项自律公约。",
                _council(days),
                picture=("理事会会议期间参观的在建项目", "evening", 41),
            ),
            _news(
                "expert-visits",
                "专家巡诊走进十个在建项目",
                8,
                "安全分会组织十二名专家，为会员单位现场把脉。",
                _experts(),
                picture=("专家巡诊的施工现场", "noon", 42),
            ),
            _news(
                "testing-comparison",
                "检测分会完成混凝土强度能力比对",
                15,
                "三十六家检测机构参加，结果满意率为 94.4%。",
                _comparison(),
            ),
            _news(
                "quality-circles",
                "质量管理小组成果交流会在示范市举行",
                24,
                "四十五个小组现场发布成果。",
                _circles(),
                picture=("成果交流会举办地的城市天际线", "morning", 43),
            ),
            _news(
                "supervision-handbook",
                "《监理工作标准化手册》修订稿征求意见",
                33,
                "监理分会向会员单位征求修改意见。",
                _handbook(days),
            ),
            _news(
                "rural-houses",
                "鉴定分会专家支援自建房安全排查",
                47,
                "二十名专家分赴三个县，完成鉴定建议一百二十份。",
                _houses(),
                picture=("参与排查的县城街区", "green", 44),
            ),
            _news(
                "member-visits",
                "协会走访会员单位，听取意见建议",
                62,
                "秘书处走访十五家会员单位，梳理意见二十三条。",
                _visits(),
            ),
            _news(
                "smart-site",
                "会员单位观摩智慧工地示范项目",
                88,
                "一百六十余人现场观摩，交流数字化管理经验。",
                _smart_site(),
            ),
            _news(
                "charity", "协会为山区学校捐建安全体验角", 121, "会员单位捐赠物资，帮助学生学习安全知识。", _charity()
            ),
        ],
    )


def _news(slug, title, published, summary, body, picture=()):
    return PagePlan(ArticlePage, slug, title, published, summary, body=body, picture=picture, facts={"source": SOURCE})


def _council(days):
    return [
        para(
            f"{days.short(-4)}，示范省建设工程质量安全协会第六届理事会第三次会议在示范市召开。"
            "会长罗明远主持会议，理事单位代表八十六人到会，监事列席。",
            "会议听取了秘书处关于年度工作的报告，审议了财务收支情况，通过了下一年度工作安排。",
        ),
        heading("通过两项自律公约"),
        points("《工程质量检测数据真实性自律公约》；", "《施工现场重大事故隐患报告自律公约》。"),
        quote("行业的信誉，是一份份真实的报告、一个个合格的工程积累起来的。", "罗明远会长"),
        para("会议要求，各会员单位要对照公约开展自查，各分会要把公约执行情况纳入年度评议。"),
    ]


def _experts():
    return [
        para(
            "为帮助会员单位排查重大事故隐患，安全分会近日组织十二名专家，对示范市及周边的十个在建项目开展巡诊。",
            "专家组重点查看了深基坑、高支模、起重机械和临时用电，共提出改进建议九十七条，现场解答问题三十余个。",
        ),
        heading("主要问题"),
        points(
            "部分项目专项施工方案与现场实际不一致；",
            "起重机械维护保养记录不完整；",
            "临边防护拆除后恢复不及时。",
        ),
        para("巡诊不收取任何费用，会员单位可以继续向安全分会预约下一批名额。"),
    ]


def _comparison():
    return [
        para(
            "检测分会组织的混凝土抗压强度能力比对日前结束，三十六家检测机构参加，其中三十四家结果满意，"
            "满意率为 94.4%。",
            "结果可疑的机构已收到书面反馈，将在整改后参加补充比对。",
        ),
        para("分会提醒各检测机构，重视试件养护条件和压力试验机的期间核查，确保检测数据真实准确。"),
    ]


def _circles():
    return [
        para(
            "质量管理小组成果交流会在示范市举行，来自会员单位的四十五个小组发布成果，三百余名质量管理人员到场交流。",
            "参加发布的成果涵盖混凝土裂缝控制、装配式构件安装精度、防水细部做法等课题，经专家评议，"
            "推荐其中十五项参加上一级交流。",
        ),
        heading("专家点评"),
        para("专家认为，今年的课题更贴近现场，数据分析更扎实，建议在对策验证和效果巩固上继续下功夫。"),
    ]


def _handbook(days):
    return [
        para(
            "为适应工程监理制度改革的新要求，监理分会对《监理工作标准化手册》进行了修订，现向会员单位征求意见。",
            "修订稿增加了危险性较大的分部分项工程监理、装配式建筑监理和数字化监理三章，"
            "完善了旁站、巡视、平行检验的记录表格。",
        ),
        para(f"会员单位可于{days.short(-33 + 45)}前将意见书面反馈至监理分会，电话 028-0000-1023。"),
    ]


def _houses():
    return [
        para(
            "应有关县住房和城乡建设部门邀请，鉴定分会选派二十名专家，分赴三个县支援经营性自建房安全排查工作。",
            "专家组逐栋查看房屋结构和使用情况，出具鉴定建议一百二十份，对九栋存在较大隐患的房屋提出了停用和加固意见。",
        ),
        para("鉴定分会将继续组织会员单位为房屋安全排查提供技术支持。"),
    ]


def _visits():
    return [
        para(
            "近一个月来，协会秘书处走访了十五家会员单位，围绕会员服务、培训安排和行业自律听取意见。",
            "走访共梳理意见建议二十三条，其中关于简化入会手续、增加线上培训、统一票据开具时间的意见较为集中。",
        ),
        points(
            "入会和资料变更已全部改为在线办理；",
            "线上培训课程将按季度发布；",
            "会费到账后，票据在五个工作日内开具。",
        ),
    ]


def _smart_site():
    return [
        para(
            "协会组织会员单位观摩了示范市体育中心智慧工地项目，一百六十余人参加。",
            "观摩内容包括塔机安全监测、高支模实时监测、人员实名制管理和质量验收移动终端应用。",
        ),
        para("项目团队介绍了数据如何服务于现场决策，参观者就设备选型、投入成本等问题作了交流。"),
    ]


def _charity():
    return [
        para(
            "协会携手八家会员单位，为山区的两所学校捐建安全体验角，配备灭火演练、地震避险、用电安全等体验设施。",
            "会员单位的工程师还为学生上了一堂安全课，讲解怎样识别身边的危险。",
        ),
        para("安全体验角由捐建单位负责三年维护。"),
    ]
