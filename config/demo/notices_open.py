"""What the demo association tells everybody: announcements, policies, open activities."""

from config.demo.files import word_form
from config.demo.notices_members import ALL
from config.demo.writing import FilePlan, NoticePlan, callout, heading, para, points, quote, signature, table


def notices(days):
    """The plans, for the calendar `days`."""
    return [
        _portal_opens(days),
        _quality_month(days),
        _course_plan(days),
        _new_members(days),
        _awards(days),
        _dues(days),
        _testing_rules(days),
        _safety_rules(days),
    ]


def _portal_opens(days):
    return NoticePlan(
        slug="portal-opens",
        title="关于启用会员之家的通知",
        category="notice",
        published=30,
        is_open=True,
        pinned=True,
        contact="技术支持 028-0000-1002",
        body=[
            para(
                "各会员单位：",
                "为提高服务效率，协会建设了会员之家。会员单位可以在线查阅通知、提交回执、核对单位信息。现将有关事项通知如下：",
            ),
            heading("一、登录方式"),
            para("请使用在协会登记的联系人手机号登录。首次登录的密码由协会会员服务部告知，登录后请及时修改。"),
            heading("二、主要功能"),
            points(
                "消息管理：查阅协会发送的通知、活动、培训等信息，完成会议审议回执和参加会议回执；",
                "单位信息：核对单位资料，查看在大协会和各分会的会员级别；",
                "账号管理：修改登录密码。",
            ),
            callout("温馨提示", "建议使用 Chrome、Edge 或 360 浏览器极速模式访问；手机浏览器同样可以使用。"),
            signature(days.day(-30)),
        ],
    )


def _quality_month(days):
    return NoticePlan(
        slug="consulting-day",
        title="关于举办质量安全公益咨询日活动的通知",
        category="activity",
        published=4,
        is_open=True,
        audience=ALL,
        event={"starts_at": days.at(13, 9), "ends_at": days.at(13, 16), "venue": "示范市市民广场", "quota": None},
        contact="会员服务部 刘工，028-0000-1013",
        body=[
            para(
                "各会员单位、社会各界：",
                "为普及建设工程质量安全知识，协会将组织专家走进市民广场，开展公益咨询活动，欢迎广大市民参加。",
            ),
            heading("一、咨询内容"),
            points(
                "住宅渗漏、裂缝等常见质量问题的识别与维修；", "房屋安全鉴定的办理程序；", "家庭装修中的结构安全常识。"
            ),
            heading("二、活动安排"),
            table(
                ["时间", "内容"],
                ["9:00—11:30", "专家现场咨询"],
                ["14:00—15:00", "房屋安全知识讲座"],
                ["15:00—16:00", "检测设备展示与体验"],
            ),
            para("活动不收取任何费用，如遇雨天顺延。"),
            signature(days.day(-4)),
        ],
    )


def _course_plan(days):
    return NoticePlan(
        slug="course-plan",
        title="关于公布年度公益培训计划的通知",
        category="training",
        published=20,
        is_open=True,
        audience=ALL,
        contact="教育培训部 马工，028-0000-1015",
        body=[
            para(
                "各会员单位：", "协会根据会员单位需求调查结果，制定了年度公益培训计划，现予公布，请合理安排人员参加。"
            ),
            table(
                ["序号", "培训内容", "对象", "学时"],
                ["1", "工程质量通病防治", "项目经理、质量员", "12"],
                ["2", "危险性较大的分部分项工程管理", "项目负责人、安全员", "12"],
                ["3", "检测报告编制与数据追溯", "检测人员", "8"],
                ["4", "监理平行检验与旁站要点", "监理人员", "8"],
                ["5", "房屋安全鉴定标准解读", "鉴定人员", "6"],
                caption="年度公益培训计划",
            ),
            para("具体时间、地点以各期培训通知为准。会员单位参加上述培训免收培训费。"),
            signature(days.day(-20)),
        ],
    )


def _new_members(days):
    return NoticePlan(
        slug="new-members",
        title="关于新入会会员单位的公告",
        category="announcement",
        published=11,
        is_open=True,
        body=[
            para("经单位申请、秘书处审核、会长办公会研究同意，下列单位成为本协会会员单位，现予公告："),
            table(
                ["序号", "单位名称", "会员级别"],
                ["1", "博楹建筑业联合会", "普通会员"],
                ["2", "思源建工程检测有限公司", "普通会员"],
                ["3", "融汇通建筑工程有限公司", "普通会员"],
            ),
            para("会员单位享有章程规定的权利，履行章程规定的义务。"),
            signature(days.day(-11)),
        ],
    )


def _awards(days):
    return NoticePlan(
        slug="quality-awards",
        title="关于年度优质工程评选结果的公示",
        category="announcement",
        published=22,
        is_open=True,
        contact="质量分会秘书处 邓工，028-0000-1014",
        body=[
            para("根据《优质工程评选办法》，经企业申报、专家复查、评审委员会评议，现将拟入选工程名单予以公示："),
            table(
                ["序号", "工程名称", "承建单位", "监理单位"],
                ["1", "示范市科技馆项目", "示范建设集团有限公司", "示范监理咨询有限公司"],
                ["2", "示范新城安置房二期", "锦岳建设工程有限公司", "岷原工程监理有限公司"],
                ["3", "滨江路污水处理厂扩建工程", "中栋市政工程有限公司", "启构工程监理有限公司"],
                ["4", "示范职业学院实训楼", "川阜建筑工程有限公司", "立信达工程监理有限公司"],
            ),
            para(
                f"公示期为{days.words(-22)}至{days.words(-15)}。对公示内容有异议的，请以书面形式向协会反映；"
                "以单位名义反映的应加盖公章，以个人名义反映的应署真实姓名和联系方式。"
            ),
            signature(days.day(-22)),
        ],
    )


def _dues(days):
    return NoticePlan(
        slug="dues-standard",
        title="关于会费收取标准的公示",
        category="announcement",
        published=52,
        is_open=True,
        contact="财务部 028-0000-1017",
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


def _testing_rules(days):
    return NoticePlan(
        slug="testing-rules",
        title="转发关于加强建设工程质量检测管理的通知",
        category="policy",
        published=13,
        is_open=True,
        audience=ALL,
        files=[FilePlan("检测机构自查要点", "检测机构自查要点.docx", _testing_points)],
        body=[
            para(
                "各会员单位：",
                "现将省主管部门关于加强建设工程质量检测管理的通知转发给你们，请认真学习，并结合实际抓好落实。",
            ),
            quote("检测机构应当对检测数据和检测报告的真实性、准确性负责。", "原文第三条"),
            heading("协会提示"),
            points(
                "建设单位应当委托具有相应资质的检测机构开展检测；",
                "见证取样人员应当对取样、送样全过程负责；",
                "检测机构应当建立检测数据可追溯制度，不得出具虚假检测报告。",
            ),
            signature(days.day(-13)),
        ],
    )


def _testing_points():
    rows = [["序号", "自查内容", "是否符合", "备注"]]
    texts = ("人员资格与授权", "设备检定与校准", "样品流转与留样", "原始记录与数据追溯", "报告审核与签发")
    rows += [[str(number), text, "", ""] for number, text in enumerate(texts, start=1)]
    return word_form("检测机构自查要点", ["机构名称："], rows)


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
