"""资料下载 of the demo association: forms in groups, as Word, Excel and PDF."""

from config.demo import papers
from config.demo.files import printed_text, sheet_form, word_form
from config.demo.site_plan import PagePlan
from config.demo.writing import FilePlan, para
from home.models import DownloadsPage

JOINING, PAYING, MEETING, AWARDS = "入会与变更", "会费与票据", "会议与活动", "评优与自律"
NAME_AND_SEAL = ["单位名称（盖章）：", "统一社会信用代码："]


def page(days):
    return PagePlan(
        DownloadsPage,
        "downloads",
        "资料下载",
        summary="办理协会事项常用的表格和文件。在会员之家办理的，系统会带出单位资料，不需要下载空白表。",
        in_menu=True,
        body=[para("表格请用 A4 纸打印，加盖单位公章后扫描为 PDF 上传。表格有更新的，以本页最新版本为准。")],
        files=[*_joining(), *_paying(), *_meeting(), *_awards()],
    )


def _word(group, title, lines, rows=(), note=""):
    return group, FilePlan(title, f"{title}.docx", lambda: word_form(title, lines, rows)), note


def _joining():
    facts = [["单位名称", "", "单位类型", ""], ["法定代表人", "", "联系人", ""], ["联系电话", "", "电子邮箱", ""]]
    promise = ["本单位承诺：所提交的入会申请材料真实、准确、完整，如有虚假，愿承担相应责任。", *NAME_AND_SEAL]
    change = [["变更事项", "变更前", "变更后"], ["单位名称", "", ""], ["法定代表人", "", ""], ["注册地址", "", ""]]
    return [
        _word(
            JOINING,
            "入会申请书",
            ["示范省建设工程质量安全协会：", "本单位自愿申请加入协会，遵守协会章程。"],
            facts,
            "空白表",
        ),
        _word(JOINING, "申请材料真实性承诺书", [*promise, "法定代表人（签字）：", "日期：      年    月    日"]),
        _word(JOINING, "会员单位信息变更申请表", NAME_AND_SEAL, change),
    ]


def _paying():
    swap = [["订单号", ""], ["原票据号码", ""], ["换开原因", ""], ["新抬头及税号", ""]]
    delay = [*NAME_AND_SEAL, "申请缓缴年度：", "申请理由：", "拟缴清时间：      年    月    日"]
    return [
        (
            PAYING,
            FilePlan("会费收取标准和管理办法", "会费收取标准和管理办法.pdf", lambda: printed_text(*papers.DUES_RULES)),
            "",
        ),
        _word(PAYING, "会费票据换开申请表", NAME_AND_SEAL, swap),
        _word(PAYING, "会费缓缴申请表", delay),
    ]


def _meeting():
    columns = ["姓名", "性别", "职务", "手机号", "电子邮箱", "备注"]
    proxy = [
        "兹委托            （身份证号：                  ）代表本单位出席会议，并依法行使表决权。",
        *NAME_AND_SEAL,
        "法定代表人（签字）：",
    ]
    return [
        (MEETING, FilePlan("参会人员登记表", "参会人员登记表.xlsx", lambda: sheet_form("参会人员登记表", columns)), ""),
        _word(MEETING, "授权委托书", proxy),
    ]


def _awards():
    project = [["工程名称", "", "工程地点", ""], ["建筑面积", "", "竣工日期", ""], ["建设单位", "", "监理单位", ""]]
    return [
        (AWARDS, FilePlan("优质工程评选办法", "优质工程评选办法.pdf", lambda: printed_text(*papers.AWARD_RULES)), ""),
        _word(AWARDS, "优质工程申报表", ["申报单位（盖章）："], project),
    ]
