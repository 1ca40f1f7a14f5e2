"""What the demo association tells everybody: announcements, policies, open activities."""

from config.demo import notices_archive, papers
from config.demo.files import printed_text, word_form
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
        _testing_rules(days),
        _experts(days),
        _needs(days),
        _lecture(days),
        *notices_archive.notices(days),
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
        files=[FilePlan("优质工程评选办法", "优质工程评选办法.pdf", lambda: printed_text(*papers.AWARD_RULES))],
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


def _testing_rules(days):
    return NoticePlan(
        slug="testing-rules",
        title="转发关于加强建设工程质量检测管理的通知",
        category="policy",
        published=13,
        is_open=True,
        audience=ALL,
        files=[
            FilePlan(
                "通知原文", "关于加强建设工程质量检测管理的通知.pdf", lambda: printed_text(*papers.TESTING_NOTICE)
            ),
            FilePlan("检测机构自查要点", "检测机构自查要点.docx", _testing_points),
        ],
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


def _experts(days):
    return NoticePlan(
        slug="call-for-experts",
        title="关于征集协会专家库专家的通知",
        category="notice",
        published=26,
        is_open=True,
        contact="质量安全部 陈工，028-0000-1011",
        files=[FilePlan("专家推荐表", "专家推荐表.docx", _expert_form)],
        body=[
            para(
                "各会员单位、各有关单位：",
                "为发挥专业技术人员在质量安全咨询、评审和培训中的作用，协会现面向行业征集专家库专家。有关事项通知如下：",
            ),
            heading("一、专业类别"),
            para("施工技术、工程监理、质量检测、房屋安全鉴定、岩土与地下工程、起重机械与脚手架、智能建造。"),
            heading("二、推荐条件"),
            points(
                "遵纪守法，作风正派，自愿参加协会组织的技术服务工作；",
                "具有高级及以上专业技术职称，从事本专业工作满 10 年；",
                "身体健康，年龄一般不超过 65 周岁。",
            ),
            heading("三、推荐方式"),
            para(f"请填写《专家推荐表》，经所在单位盖章后于{days.words(15)}前发送至 experts@example.com。"),
            signature(days.day(-26)),
        ],
    )


def _expert_form():
    rows = [["项目", "填写内容"]]
    rows += [[name, ""] for name in ("姓名", "工作单位及职务", "职称及取得时间", "专业类别", "联系电话", "主要业绩")]
    return word_form("专家推荐表", ["推荐单位（盖章）："], rows)


def _needs(days):
    return NoticePlan(
        slug="service-survey",
        title="关于开展会员单位服务需求调查的通知",
        category="notice",
        published=16,
        is_open=True,
        contact="会员服务部 刘工，028-0000-1013",
        body=[
            para(
                "各会员单位：",
                "为制定下一年度服务计划，协会将通过电话和走访方式开展会员单位服务需求调查，请予以支持配合。",
            ),
            points(
                "调查内容：政策咨询、技术培训、标准编制、信用评价、交流考察等方面的需求和建议；",
                f"调查时间：即日起至{days.words(12)}；",
                "调查结果仅用于改进协会服务，不对外公开单位信息。",
            ),
            para("也可以将意见和建议发送至 service@example.com。"),
            signature(days.day(-16)),
        ],
    )


def _lecture(days):
    return NoticePlan(
        slug="appraisal-lecture",
        title="关于举办房屋安全鉴定技术公益讲座的通知",
        category="training",
        published=7,
        is_open=True,
        event={"starts_at": days.at(9, 14), "ends_at": days.at(9, 17), "venue": "示范职业学院学术报告厅", "quota": 150},
        contact="鉴定分会秘书处 徐工，028-0000-1018",
        body=[
            para(
                "各会员单位、各有关单位：",
                "为提高房屋安全管理人员的专业水平，鉴定分会将举办房屋安全鉴定技术公益讲座，欢迎报名参加。",
            ),
            heading("一、讲座内容"),
            table(
                ["时间", "内容"],
                ["14:00—15:20", "既有房屋安全鉴定程序与常见问题"],
                ["15:30—16:30", "砌体结构房屋危险性鉴定案例"],
                ["16:30—17:00", "现场答疑"],
            ),
            heading("二、报名方式"),
            para(f"请于{days.words(6)}前致电鉴定分会秘书处报名，额满为止。讲座不收取任何费用。"),
            signature(days.day(-7), "示范省建设工程质量安全协会鉴定分会"),
        ],
    )
