"""What the demo association asks its members to answer: matters for deliberation and meetings."""

from config.demo.files import sheet_form, word_form
from config.demo.notices_members import ALL
from config.demo.writing import (
    TO_ALL_MEMBERS,
    FilePlan,
    NoticePlan,
    callout,
    heading,
    para,
    points,
    quote,
    signature,
    table,
)

ATTENDEE_COLUMNS = ["姓名", "性别", "职务", "手机号", "邮箱", "备注"]
CHASED = "safety-rules-deliberation"  # the notice whose board shows everything that can happen
COUNCIL_LEVELS = ["president", "vice_president", "standing_council", "council"]


def notices(days):
    """The plans, for the calendar `days`."""
    return [
        _charter(days),
        _assembly(days),
        _quality_council(days),
        _council(days),
        _forum(days),
        _exchange(days),
        _safety_rules(days),
    ]


def opinion_form(title, items):
    """The form that units print, fill in, stamp and scan; what is known of the unit stands in it when they get it."""
    rows = [["序号", "审议事项", "审议意见（同意／不同意／弃权）", "意见说明"]]
    rows += [[str(number), item, "", ""] for number, item in enumerate(items, start=1)]
    lines = [
        "单位名称（盖章）：{{单位名称}}",
        "统一社会信用代码：{{统一社会信用代码}}",
        "法定代表人：{{法定代表人}}（签字）",
        "联系人：{{联系人}}    联系电话：{{联系电话}}",
        "审议事项来源：{{通知标题}}（{{截止时间}}截止）",
        "日期：      年    月    日",
    ]
    return word_form(title, lines, rows)


def _charter(days):
    items = [
        "《协会章程（修订稿）》",
        "《会费收取标准和管理办法（修订稿）》",
        "协会年度工作报告和财务收支报告",
        "关于增补两家理事单位的议案",
    ]
    form_name = "会员代表大会审议事项回执表"
    return NoticePlan(
        slug="charter-deliberation",
        title="关于审议《协会章程（修订稿）》等事项的通知",
        category="receipt",
        published=1,
        audience=ALL,
        receipt="deliberation",
        deadline=days.at(10, 18),
        items=items,
        pinned=True,
        contact="协会秘书处 孙工，028-0000-1001",
        files=[
            FilePlan(form_name, f"{form_name}.docx", lambda: opinion_form(form_name, items), is_receipt_form=True),
            FilePlan("章程修订对照表", "章程修订对照表.docx", _comparison),
        ],
        body=[
            para(
                TO_ALL_MEMBERS,
                "根据《社会团体登记管理条例》和协会章程规定，协会理事会对章程等文件进行了修订，现以通讯方式提请会员单位审议。"
                "有关事项通知如下：",
            ),
            heading("一、审议事项"),
            points(*items),
            heading("二、修订说明"),
            quote(
                "协会按照政社分开、权责明确、依法自治的要求，建立健全法人治理结构和运行机制。",
                "《协会章程（修订稿）》总则",
            ),
            para(
                "本次章程修订共涉及 12 条，主要是完善会员代表大会的通讯表决程序、明确分支机构管理职责、"
                "调整会费收取依据的表述。"
            ),
            heading("三、回执要求"),
            points(
                "请下载附件《会员代表大会审议事项回执表》；",
                "请逐项选择审议意见，选择“不同意”的请说明理由；",
                "请将回执表填写完整、加盖单位印章，扫描为 PDF 文件上传；",
                f"请于{days.words(10)} 18:00 前提交回执。",
            ),
            callout("请注意", "截止时间之前可以修改回执，以最后一次提交的内容为准；逾期未提交的，不计入表决。"),
            signature(days.day(-1)),
        ],
        read_share=0.68,
        answer_share=0.3,
    )


def _comparison():
    rows = [["条款", "原条文", "修订后条文"]]
    rows += [
        ["第十五条", "会员代表大会须有三分之二以上的会员代表出席方能召开。", "增加：特殊情况可以采用通讯方式召开。"],
        ["第二十一条", "分支机构由理事会设立。", "增加：分支机构不具有法人资格，不得另行制定章程。"],
        ["第三十八条", "会费标准由理事会制定。", "会费标准由会员代表大会以无记名投票方式表决。"],
    ]
    return word_form("章程修订对照表", ["（节选，全文共修订 12 条）"], rows)


def _assembly(days):
    return NoticePlan(
        slug="annual-assembly",
        title="关于召开会员代表大会暨行业工作会议的通知",
        category="receipt",
        published=1,
        audience=ALL,
        receipt="attendance",
        deadline=days.at(7, 18),
        event={"starts_at": days.at(21, 9), "ends_at": days.at(21, 17), "venue": "示范市会展中心一号厅", "quota": 400},
        contact="协会秘书处 孙工，028-0000-1001",
        files=[
            FilePlan(
                "参会人员回执表", "参会人员回执表.xlsx", lambda: sheet_form("参会人员回执表", ATTENDEE_COLUMNS), True
            )
        ],
        body=[
            para(TO_ALL_MEMBERS, "经协会理事会研究，决定召开会员代表大会暨行业工作会议。现将有关事项通知如下："),
            heading("一、会议时间"),
            para(f"{days.words(21)} 9:00—17:00，8:20 开始签到。"),
            heading("二、会议地点"),
            para("示范市会展中心一号厅（示范市会展大道 1 号）。"),
            heading("三、会议议程"),
            table(
                ["时间", "议程"],
                ["9:00—10:30", "协会年度工作报告、财务收支报告"],
                ["10:40—12:00", "审议有关文件，表决"],
                ["14:00—15:30", "质量安全形势通报和政策解读"],
                ["15:40—17:00", "会员单位经验交流，表彰先进"],
            ),
            heading("四、参会人员"),
            para("会员单位法定代表人或其委托的代表 1 人，质量安全负责人 1 至 2 人。"),
            heading("五、回执"),
            points(
                "请下载附件《参会人员回执表》；",
                "请填写参会人员信息，可以新增多人；",
                f"请于{days.words(7)} 18:00 前上传回执表并提交回执。",
            ),
            para("会议不收取会务费，食宿费用自理。"),
            signature(days.day(-1)),
        ],
        read_share=0.72,
        answer_share=0.4,
    )


def _quality_council(days):
    items = ["质量分会年度工作计划", "《优质工程评选办法（修订稿）》"]
    return NoticePlan(
        slug="quality-council",
        title="质量分会关于审议年度工作计划等事项的通知",
        category="receipt",
        published=8,
        audience=[("body", "quality"), *(("branch_level", slug) for slug in COUNCIL_LEVELS)],
        receipt="deliberation",
        deadline=days.at(4, 18),
        items=items,
        contact="质量分会秘书处 邓工，028-0000-1014",
        files=[
            FilePlan(
                "质量分会审议回执表", "质量分会审议回执表.docx", lambda: opinion_form("质量分会审议回执表", items), True
            )
        ],
        body=[
            para("质量分会各理事单位："),
            para("现将质量分会年度工作计划和《优质工程评选办法（修订稿）》提请各理事单位审议。"),
            heading("一、年度工作计划要点"),
            table(
                ["序号", "工作内容", "时间"],
                ["1", "住宅工程质量通病防治技术交流", "第一季度"],
                ["2", "优质工程现场观摩（两次）", "第二、第四季度"],
                ["3", "优质工程评选和复查", "第三季度"],
                ["4", "编制质量管理标准化图册", "全年"],
            ),
            heading("二、评选办法修订要点"),
            points("增加绿色建造、智能建造评价内容；", "实行专家回避和评选结果公示制度；", "取消申报费用。"),
            para(f"请于{days.words(4)} 18:00 前提交回执。"),
            signature(days.day(-8), "示范省建设工程质量安全协会质量分会"),
        ],
        read_share=0.8,
        answer_share=0.5,
    )


def _council(days):
    return NoticePlan(
        slug="council-meeting",
        title="关于召开理事会会议的通知",
        category="receipt",
        published=15,
        audience=[("level", slug) for slug in COUNCIL_LEVELS],
        receipt="attendance",
        deadline=days.at(2, 12),
        event={
            "starts_at": days.at(5, 14),
            "ends_at": days.at(5, 17),
            "venue": "协会会议室（建设大厦 8 层）",
            "quota": 30,
        },
        upload_required=False,
        contact="协会秘书处 孙工，028-0000-1001",
        body=[
            para("各理事及以上会员单位："),
            para("经会长办公会研究，决定召开理事会会议，主要议题如下："),
            points("听取秘书处工作汇报；", "研究会员代表大会筹备工作；", "审议新入会单位名单；", "其他事项。"),
            para("请理事本人参加会议。因故不能出席的，请按章程规定书面委托代表参加。"),
            signature(days.day(-15)),
        ],
        read_share=0.95,
        answer_share=0.7,
    )


def _forum(days):
    return NoticePlan(
        slug="quality-forum",
        title="关于举办建设工程质量安全高质量发展论坛的通知",
        category="receipt",
        published=1,
        is_open=True,
        audience=ALL,
        receipt="attendance",
        deadline=days.at(14, 18),
        event={"starts_at": days.at(28, 9), "ends_at": days.at(28, 17), "venue": "示范市国际会议中心", "quota": 500},
        upload_required=False,
        contact="协会秘书处 孙工，028-0000-1001",
        body=[
            para(
                "各会员单位、各有关单位：",
                "为深入交流建设工程质量安全管理的新理念、新技术、新模式，协会定于近期举办建设工程质量安全高质量发展论坛。"
                "现将有关事项通知如下：",
            ),
            heading("一、论坛主题"),
            para("智能建造与质量安全治理。"),
            heading("二、主要内容"),
            table(
                ["环节", "内容"],
                ["主旨报告", "建筑业高质量发展形势与政策；工程质量安全数字化监管"],
                ["技术交流", "智慧工地、装配式建筑质量控制、检测技术创新"],
                ["圆桌对话", "企业主体责任与行业自律"],
            ),
            heading("三、参会方式"),
            para("会员单位请登录会员之家填写参会回执；非会员单位请致电协会秘书处报名。论坛不收取会务费。"),
            signature(days.day(-1)),
        ],
        read_share=0.3,
        answer_share=0.15,
    )


def _exchange(days):
    return NoticePlan(
        slug="testing-exchange",
        title="关于参加质量检测技术交流会的通知",
        category="receipt",
        published=34,
        audience=ALL,
        receipt="attendance",
        deadline=days.at(-14, 18),
        event={"starts_at": days.at(-8, 9), "ends_at": days.at(-8, 12), "venue": "线上会议", "quota": None},
        upload_required=False,
        contact="检测分会秘书处 魏工，028-0000-1016",
        body=[
            para(
                TO_ALL_MEMBERS,
                "协会定于近期以线上方式举办质量检测技术交流会，交流检测数据可追溯管理和检测新设备应用经验，请各单位组织人员参加。",
            ),
            para(f"请于{days.words(-14)} 18:00 前提交参会回执，会议号将通过短信发送给参会人员。"),
            signature(days.day(-34)),
        ],
        read_share=0.95,
        answer_share=0.6,
    )


def _safety_rules(days):
    """A deliberation that is over: reminded, with receipts that were late, on paper and sent back, and a result."""
    items = ["《安全生产标准化考评办法》", "增补安全专家库成员名单"]
    form_name = "安全事项审议回执表"
    return NoticePlan(
        slug=CHASED,
        title="关于审议《安全生产标准化考评办法》的通知",
        category="receipt",
        published=12,
        audience=[*ALL, ("exclude", "示范建设集团有限公司")],  # the guide's unit is left to whoever tries the demo
        receipt="deliberation",
        deadline=days.at(-2, 18),
        items=items,
        contact="协会秘书处 孙工，028-0000-1001",
        files=[FilePlan(form_name, f"{form_name}.docx", lambda: opinion_form(form_name, items), is_receipt_form=True)],
        body=[
            para(TO_ALL_MEMBERS, "现将《安全生产标准化考评办法》和增补的安全专家库成员名单提请各会员单位审议。"),
            heading("一、审议事项"),
            points(*items),
            heading("二、回执要求"),
            points(
                "请逐项选择审议意见，选择“不同意”的请说明理由；",
                "请将回执表加盖单位印章，扫描为 PDF 文件上传；",
                f"请于{days.words(-2)} 18:00 前提交回执。",
            ),
            signature(days.day(-12)),
        ],
        read_share=0.9,
        answer_share=0.75,
    )
