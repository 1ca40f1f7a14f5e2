"""What the demo association told everybody some time ago: rules, resolutions, advice that still holds."""

from config.demo import papers
from config.demo.files import printed_text
from config.demo.writing import FilePlan, NoticePlan, callout, heading, para, points, signature, table


def notices(days):
    """The plans, for the calendar `days`."""
    return [
        _dues(days),
        _safety_rules(days),
        _campus(days),
        _housing(days),
        _year_plan(days),
        _resolutions(days),
    ]


def _dues(days):
    return NoticePlan(
        slug="dues-standard",
        title="关于会费收取标准的公示",
        category="announcement",
        published=52,
        is_open=True,
        contact="财务部 028-0000-1017",
        files=[
            FilePlan("会费收取标准和管理办法", "会费收取标准和管理办法.pdf", lambda: printed_text(*papers.DUES_RULES))
        ],
        body=[
            para("根据会员代表大会表决通过的《会费收取标准和管理办法》，现将会费收取标准公示如下："),
            table(
                ["会员级别", "会费标准（元／年）"],
                ["会长单位、副会长单位", "10,000"],
                ["常务理事单位", "6,000"],
                ["理事单位", "4,000"],
                ["普通会员", "2,000"],
            ),
            points(
                "会费按年度计算，当年 1 月 1 日至 12 月 31 日为一个年度；",
                "会费由协会统一收取，分会不再收取会费；",
                "除会费外，协会不向会员单位摊派任何费用。",
            ),
            callout("示例数据", "本页为演示内容，金额仅供参考。"),
            signature(days.day(-52)),
        ],
    )


def _safety_rules(days):
    return NoticePlan(
        slug="safety-rules",
        title="房屋市政工程重大事故隐患判定要点解读",
        category="policy",
        published=45,
        is_open=True,
        is_numbered=False,
        body=[
            para("为帮助会员单位准确识别和及时消除重大事故隐患，协会组织专家对判定要点进行了梳理，供学习参考。"),
            heading("一、施工安全管理"),
            points("未取得安全生产许可证擅自从事建筑施工活动；", "危险性较大的分部分项工程未编制专项施工方案；"),
            heading("二、基坑工程"),
            points("基坑侧壁出现大量漏水、流土；", "支护结构位移超过预警值而未采取处理措施；"),
            heading("三、起重机械与脚手架"),
            points("建筑起重机械未经验收合格即投入使用；", "脚手架地基基础承载力不满足设计要求；"),
            callout("提示", "本文为学习材料，执法检查以主管部门发布的正式文件为准。"),
            signature(days.day(-45)),
        ],
    )


def _campus(days):
    return NoticePlan(
        slug="campus-visit",
        title="关于举办质量安全知识进校园活动的通知",
        category="activity",
        published=40,
        is_open=True,
        event={"starts_at": days.at(-25, 9), "ends_at": days.at(-25, 12), "venue": "示范职业学院", "quota": None},
        contact="会员服务部 刘工，028-0000-1013",
        body=[
            para(
                "各会员单位：",
                "为帮助建筑类专业学生树立质量安全意识，协会联合示范职业学院举办质量安全知识进校园活动。",
            ),
            heading("一、活动内容"),
            points("优秀项目经理讲工程；", "安全体验馆参观；", "会员单位实习岗位推介。"),
            para("有意提供实习岗位的会员单位，请与协会会员服务部联系。"),
            signature(days.day(-40)),
        ],
    )


def _housing(days):
    return NoticePlan(
        slug="housing-defects",
        title="住宅工程质量常见问题防治要点",
        category="policy",
        published=75,
        is_open=True,
        is_numbered=False,
        body=[
            para("为提升住宅工程品质，协会质量分会整理了住宅工程质量常见问题防治要点，供会员单位参考。"),
            table(
                ["部位", "常见问题", "防治要点"],
                ["外墙", "渗漏、空鼓", "做好基层处理，设置分格缝，淋水试验合格后进入下道工序"],
                ["卫生间", "地面渗漏", "管根、阴角增设附加层，蓄水试验不少于 24 小时"],
                ["楼板", "裂缝", "控制拆模时间和堆载，预埋管线居中敷设"],
                ["门窗", "渗水、变形", "窗框四周分层填塞，安装后逐樘检查"],
                caption="住宅工程质量常见问题防治要点",
            ),
            callout("提示", "具体做法应当符合现行工程建设标准和设计文件的规定。"),
            signature(days.day(-75), "示范省建设工程质量安全协会质量分会"),
        ],
    )


def _year_plan(days):
    return NoticePlan(
        slug="work-plan",
        title="关于公布协会年度工作要点的公告",
        category="announcement",
        published=290,
        is_open=True,
        is_numbered=False,
        body=[
            para("协会年度工作要点已经理事会审议通过，现予公布，请各会员单位监督。"),
            points(
                "加强行业自律，完善会员单位信用评价；",
                "办好公益培训和技术交流，服务一线管理人员；",
                "发挥各分会作用，开展优质工程观摩；",
                "建设会员之家，让通知、回执和会费办理更加便捷；",
                "规范收费行为，主动公开收费项目和标准。",
            ),
            signature(days.day(-290)),
        ],
    )


def _resolutions(days):
    return NoticePlan(
        slug="assembly-resolutions",
        title="会员代表大会决议公告",
        category="announcement",
        published=400,
        is_open=True,
        is_numbered=False,
        body=[
            para(
                "协会会员代表大会于近日召开，应到会员代表 260 人，实到 221 人，符合章程规定。会议审议并通过以下事项："
            ),
            points("理事会工作报告；", "财务收支情况报告；", "监事会工作报告；", "会费收取标准和管理办法。"),
            para("以上事项自通过之日起施行。"),
            signature(days.day(-400)),
        ],
    )
