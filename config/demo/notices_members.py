"""What the demo association has written to its members: plain notices, activities and courses."""

from config.demo.files import word_form
from config.demo.writing import (
    TO_ALL_MEMBERS,
    FilePlan,
    NoticePlan,
    callout,
    heading,
    para,
    points,
    signature,
    table,
)

ALL = [("all", "")]
NOT_BUILDING = ["示范职业学院", "宏梁建筑职业技术学校"]  # schools have no sites of their own


def notices(days):
    """The plans, for the calendar `days`."""
    return [
        _self_check(days),
        _safety_register(days),
        _credit_visit(days),
        _contacts(days),
        _call_for_cases(days),
        _tour(days),
        _course(days),
        _testing_course(days),
    ]


def _self_check(days):
    return NoticePlan(
        slug="site-self-check",
        title="关于开展在建项目质量安全自查工作的通知",
        category="notice",
        published=2,
        audience=[*ALL, *(("exclude", name) for name in NOT_BUILDING)],
        contact="质量安全部 陈工，028-0000-1011",
        files=[FilePlan("附件：在建项目质量安全自查表", "在建项目质量安全自查表.docx", _check_list)],
        body=[
            para(
                TO_ALL_MEMBERS,
                "为进一步压实企业主体责任，及时消除质量安全隐患，经协会研究，决定组织会员单位开展在建项目质量安全自查工作。"
                "现将有关事项通知如下：",
            ),
            heading("一、自查范围"),
            para("会员单位承建、监理、检测的在建房屋建筑和市政基础设施工程项目。"),
            heading("二、自查重点"),
            points(
                "危险性较大的分部分项工程专项施工方案的编制、论证和执行情况；",
                "建筑起重机械、脚手架、高支模、深基坑、临时用电的安全管理情况；",
                "混凝土强度、钢筋保护层厚度、防水等主体结构和使用功能质量情况；",
                "质量检测见证取样和检测报告的真实性、完整性。",
            ),
            heading("三、时间安排"),
            table(
                ["阶段", "时间", "工作内容"],
                ["动员部署", f"即日起至{days.short(5)}", "制定自查方案，明确责任人"],
                ["全面自查", f"{days.short(6)}至{days.short(20)}", "逐项目排查，建立问题台账，边查边改"],
                ["总结提升", f"{days.short(21)}至{days.short(30)}", "汇总自查情况，固化经验做法"],
            ),
            callout("请注意", "自查中发现重大事故隐患的，应立即停工整改，并按规定向工程所在地主管部门报告。"),
            para("自查表由各单位留存备查，协会将结合日常服务进行随机走访。"),
            signature(days.day(-2)),
        ],
        read_share=0.55,
    )


def _check_list():
    rows = [["检查项目", "检查情况", "整改措施", "责任人"]]
    rows += [[name, "", "", ""] for name in ("危大工程专项方案", "起重机械", "脚手架与高支模", "临时用电", "见证取样")]
    return word_form("在建项目质量安全自查表", ["项目名称：", "填报单位（盖章）："], rows)


def _safety_register(days):
    return NoticePlan(
        slug="safety-managers",
        title="安全分会关于报送安全生产管理人员名册的通知",
        category="notice",
        published=5,
        audience=[("body", "safety")],
        contact="安全分会秘书处 黄工，028-0000-1012",
        body=[
            para("安全分会各会员单位："),
            para(
                "为做好分会专家库更新和安全生产管理人员继续教育的组织工作，请各单位报送本单位安全生产管理人员名册。具体要求如下："
            ),
            points(
                "报送范围：企业主要负责人、项目负责人和专职安全生产管理人员（即“三类人员”）；",
                "报送内容：姓名、岗位、证书编号、证书有效期和联系方式；",
                f"报送时间：请于{days.words(9)}前发送至分会邮箱 safety@example.com。",
            ),
            para("名册仅用于分会继续教育和专家遴选工作，协会将依法保护个人信息。"),
            signature(days.day(-5), "示范省建设工程质量安全协会安全分会"),
        ],
        read_share=0.75,
    )


def _credit_visit(days):
    chosen = ["示范建设集团有限公司", "示范监理咨询有限公司", "锦岳建设工程有限公司", "川阜建筑工程有限公司"]
    return NoticePlan(
        slug="credit-visit",
        title="关于对部分会员单位开展信用评价实地核查的通知",
        category="notice",
        published=9,
        audience=[("unit", name) for name in chosen],
        contact="会员服务部 刘工，028-0000-1013",
        body=[
            para("各有关会员单位："),
            para("根据《会员单位信用评价办法》，协会将对本年度申报 AAA 级信用等级的会员单位开展实地核查。"),
            heading("一、核查时间"),
            para(f"{days.words(6)}至{days.words(10)}，具体时间由核查组提前一天与贵单位联系人确定。"),
            heading("二、请准备的材料"),
            points(
                "营业执照、资质证书、安全生产许可证原件；",
                "近三年财务审计报告和纳税证明；",
                "近三年代表性工程合同、竣工验收文件和获奖证书；",
                "质量、环境、职业健康安全管理体系运行记录。",
            ),
            para("核查不收取任何费用。核查人员将出示协会工作证件，并严格遵守廉洁纪律。"),
            signature(days.day(-9)),
        ],
        read_share=1.0,
    )


def _contacts(days):
    return NoticePlan(
        slug="contacts",
        title="关于核对会员单位联系人信息的通知",
        category="notice",
        published=18,
        audience=ALL,
        contact="会员服务部 刘工，028-0000-1013",
        body=[
            para(
                TO_ALL_MEMBERS,
                "会员之家启用以来，协会的通知、活动、培训和回执均通过系统发送。为确保信息及时送达，请各单位登录会员之家，"
                "在“单位信息”中核对联系人、联系电话等内容。",
            ),
            points(
                "联系人变动的，请由新联系人与协会会员服务部联系办理；",
                "登录手机号更换后，请使用新手机号登录系统；",
                "请确认收件邮箱可以正常接收邮件。",
            ),
            para(
                "如有疑问，请在工作时间致电协会会员服务部。",
            ),
            signature(days.day(-18)),
        ],
        read_share=0.92,
    )


def _call_for_cases(days):
    return NoticePlan(
        slug="call-for-cases",
        title="关于征集质量安全管理典型案例的通知",
        category="notice",
        published=0,
        is_draft=True,
        audience=ALL,
        body=[
            para(
                TO_ALL_MEMBERS,
                "为总结推广会员单位在质量安全管理方面的好经验、好做法，协会拟编印《质量安全管理典型案例集》，现面向会员单位征集案例。",
            ),
            heading("一、征集内容"),
            para("质量通病防治、智慧工地、绿色施工、班组建设、应急管理等方面具有示范意义的案例，每篇不超过 3000 字。"),
        ],
    )


def _tour(days):
    return NoticePlan(
        slug="quality-tour",
        title="质量分会关于组织优质工程现场观摩活动的通知",
        category="activity",
        published=3,
        audience=[("body", "quality")],
        event={
            "starts_at": days.at(11, 9),
            "ends_at": days.at(11, 17),
            "venue": "示范市科技馆项目施工现场",
            "quota": 80,
        },
        contact="质量分会秘书处 邓工，028-0000-1014",
        body=[
            para("质量分会各会员单位："),
            para("为交流推广优质工程创建经验，质量分会定于近期组织现场观摩活动。现将有关事项通知如下："),
            heading("一、观摩项目"),
            para("示范市科技馆项目（省级优质工程创建项目），建筑面积 6.8 万平方米，目前处于装饰装修和机电安装阶段。"),
            heading("二、观摩内容"),
            points(
                "清水混凝土、大跨度钢结构实体质量；",
                "机电管线综合排布与装配式机房；",
                "质量样板引路和实测实量做法。",
            ),
            heading("三、日程安排"),
            table(
                ["时间", "内容", "地点"],
                ["9:00—9:30", "签到，领取安全帽和资料", "项目会议室"],
                ["9:30—11:30", "项目经验介绍", "项目会议室"],
                ["13:30—16:30", "分组现场观摩", "施工现场"],
                ["16:30—17:00", "座谈交流", "项目会议室"],
            ),
            callout("安全提示", "请穿平底防滑鞋，进入现场须正确佩戴安全帽，服从现场人员引导。"),
            para("每单位限 2 人，免收观摩费用，交通自理。"),
            signature(days.day(-3), "示范省建设工程质量安全协会质量分会"),
        ],
        read_share=0.6,
    )


def _course(days):
    return NoticePlan(
        slug="standard-course",
        title="关于举办施工现场质量管理标准化专题培训的通知",
        category="training",
        published=6,
        audience=ALL,
        event={
            "starts_at": days.at(16, 9),
            "ends_at": days.at(17, 17),
            "venue": "示范市会展酒店三楼多功能厅",
            "quota": 200,
        },
        contact="教育培训部 马工，028-0000-1015",
        body=[
            para(
                TO_ALL_MEMBERS,
                "为帮助会员单位准确理解和执行施工现场质量管理标准，提升项目管理人员业务能力，协会决定举办专题培训。"
                "现将有关事项通知如下：",
            ),
            heading("一、培训对象"),
            para("企业质量负责人、项目经理、总监理工程师、质量员及相关技术人员。"),
            heading("二、培训内容"),
            table(
                ["时间", "课程", "授课人"],
                [f"{days.short(16)}上午", "质量管理标准化评价要点解读", "行业专家"],
                [f"{days.short(16)}下午", "住宅工程质量通病防治", "行业专家"],
                [f"{days.short(17)}上午", "混凝土结构实体检验与问题处理", "检测机构专家"],
                [f"{days.short(17)}下午", "典型案例研讨与答疑", "会员单位代表"],
            ),
            heading("三、费用"),
            para("会员单位免收培训费和资料费，食宿自理。"),
            para("完成全部课程并通过考核的学员，由协会发放培训证明。"),
            signature(days.day(-6)),
        ],
        read_share=0.7,
    )


def _testing_course(days):
    return NoticePlan(
        slug="testing-course",
        title="检测分会关于举办检测人员能力提升培训班的通知",
        category="training",
        published=12,
        audience=[("body", "testing")],
        event={
            "starts_at": days.at(7, 9),
            "ends_at": days.at(9, 17),
            "venue": "示范工程检测有限公司培训中心",
            "quota": 60,
        },
        contact="检测分会秘书处 魏工，028-0000-1016",
        body=[
            para("检测分会各会员单位："),
            para("为适应新的检测机构资质管理要求，提升检测人员操作能力，检测分会决定举办能力提升培训班。"),
            heading("一、培训项目"),
            points(
                "主体结构现场检测（回弹、钻芯、钢筋扫描）；",
                "地基基础检测（静载、低应变）；",
                "建筑节能与防水材料检测。",
            ),
            heading("二、培训方式"),
            para("理论讲授与现场实操相结合，实操分组进行，每组不超过 10 人。请学员携带身份证和劳保用品。"),
            signature(days.day(-12), "示范省建设工程质量安全协会检测分会"),
        ],
        read_share=0.85,
    )
