"""Texts of messages: defaults by key, the wording that the administrator chose, and what fits into one SMS."""

from dataclasses import dataclass
from string import Formatter

from django.conf import settings
from django.core.cache import caches
from django.utils.translation import gettext_lazy as _

from membership.messaging.models import MessageText

SMS_MAX = 70
ROOM = 12  # characters that every variable keeps, however long the words around it
CUT = "…"
TEXTS = {
    "verification_code": "验证码{code}，10分钟内有效，请勿告知他人。",
    "unknown_account": "您的手机号尚未注册会员之家账号。如需使用，请先注册；如非本人操作，请忽略。",
    "account_exists": "您的手机号已注册会员之家账号，请直接登录。如非本人操作，请忽略。",
    "phone_changed": "您的会员之家账号已更换手机号，请使用新手机号登录。如非本人操作，请尽快致电协会。",
    "second_factor_reset": "协会已重置您的两步验证，请重新登录并设置。如非您本人要求，请立即致电协会。",
    "phone_rebound": "您的会员之家账号已由协会换绑至其他手机号。如非您本人申请，请立即致电协会。",
    "phone_rebound_here": "会员之家账号已由协会换绑至本手机号，请用本手机号登录。如非本人申请，请致电协会。",
    "seat_invitation": "{unit}邀请您成为经办人，请用本手机号登录或注册会员之家后确认。",
    "unit_handed_over": "您已成为{unit}的单位管理员，请登录会员之家查看。",
    "membership_approved": "{unit}认证已通过，等级：{level}。请登录会员之家查看。",
    "membership_sent_back": "{unit}的申请需修改：{reason}，请登录会员之家修改后重新提交。",
    "membership_rejected": "{unit}的申请未通过：{reason}。如有疑问，请致电协会。",
    "membership_suspended": "{unit}的{body}会员资格已暂停。详情请登录会员之家查看，或致电协会。",
    "membership_resumed": "{unit}的{body}会员资格已恢复，请登录会员之家查看。",
    "membership_ended": "{unit}已退出{body}。感谢您的支持，如有疑问请致电协会。",
    "level_changed": "{unit}的会员等级已调整为{level}，请登录会员之家查看。",
    "change_approved": "{unit}的信息变更申请已通过，请登录会员之家查看。",
    "certificate_expiring": "{unit}的{certificate}将于{date}到期，请更新后登录会员之家上传。",
    "new_notice": "您有新的{category}：《{title}》，请登录会员之家查看。",
    "notice_unread": "您有一则尚未阅读的通知：《{title}》，请登录会员之家查看。",
    "receipt_overdue": "《{title}》的回执已于{deadline}截止，尚未收到贵单位的回执，请尽快与协会联系。",
    "receipt_sent_back": "《{title}》的回执需重填：{reason}，请登录会员之家修改。",
    "notice_held_back": "《{title}》未能定时发布：{reason}请登录协会后台处理。",
    "receipt_due": "《{title}》的回执将于{deadline}截止，请登录会员之家及时提交。",
    "dues_paid": "已收到{unit}会费{amount}元，会费到期日期{date}。",
    "dues_reversed": "{unit}会费订单{number}的到账记录已更正，详情请致电协会。",
    "dues_refunded": "{unit}的退款{amount}元已于{date}汇出，请注意查收。",
    "dues_waived": "{unit}{year}年度会费已获减免，无需缴纳。详情请登录会员之家查看。",
    "dues_waiver_ended": "{unit}{year}年度会费的减免已撤销，详情请致电协会。",
    "dues_due": "{unit}的会费将于{date}到期，请登录会员之家缴纳。",
    "dues_arrears": "{unit}{year}年度会费尚未缴纳，请登录会员之家缴纳；如已缴纳，请忽略。",
    "invoice_issued": "{unit}的会费票据已开具，请在会员之家“订单管理”中下载。",
    "reissue_refused": "{unit}的票据换开申请未能办理：{reason}，请登录会员之家查看。",
}
LABELS = {
    "verification_code": _("Code"),
    "unknown_account": _("Number without an account"),
    "account_exists": _("Number that already has an account"),
    "phone_changed": _("Mobile number changed"),
    "seat_invitation": _("Invitation to act for a unit"),
    "unit_handed_over": _("Unit handed over"),
    "membership_approved": _("Application approved"),
    "membership_sent_back": _("Application sent back"),
    "membership_rejected": _("Application not approved"),
    "membership_suspended": _("Membership suspended"),
    "membership_resumed": _("Membership resumed"),
    "membership_ended": _("Membership ended"),
    "level_changed": _("Level changed"),
    "change_approved": _("Change of facts approved"),
    "certificate_expiring": _("Certificate runs out soon"),
    "new_notice": _("New notice"),
    "receipt_due": _("Receipt due soon"),
    "notice_unread": _("Notice not read yet"),
    "receipt_overdue": _("Receipt overdue"),
    "receipt_sent_back": _("Receipt sent back"),
    "dues_paid": _("Dues received"),
    "dues_reversed": _("Payment of dues taken back"),
    "dues_refunded": _("Money paid back"),
    "dues_waived": _("Dues waived"),
    "dues_waiver_ended": _("Waiver of dues taken back"),
    "dues_due": _("Dues run out soon"),
    "dues_arrears": _("Dues in arrears"),
    "invoice_issued": _("Invoice issued"),
    "notice_held_back": _("Notice not published at the time set"),
    "reissue_refused": _("Request for another invoice refused"),
    "phone_rebound": _("Mobile number bound anew, to the old number"),
    "phone_rebound_here": _("Mobile number bound anew, to the new number"),
    "second_factor_reset": _("Second factor reset"),
}
# What a variable is called where texts are edited, and a value to show there.
VARIABLES = {
    "code": (_("code"), "123456"),
    "unit": (_("name of the unit"), "示范建设集团有限公司"),
    "level": (_("level"), "大协会理事单位"),
    "body": (_("association body"), "质量分会"),
    "certificate": (_("certificate"), "安全生产许可证"),
    "date": (_("date"), "2026-12-31"),
    "reason": (_("reason in short"), "请补充营业执照副本扫描件"),
    "category": (_("category"), "通知"),
    "title": (_("title"), "关于召开2026年度会员代表大会的通知"),
    "deadline": (_("deadline"), "12-01 18:00"),
    "amount": (_("yuan"), "12000.00"),
    "number": (_("order number"), "DD2026000123"),
    "year": (_("year"), "2026"),
}
CACHE_KEY = "messaging.texts"


@dataclass(frozen=True)
class Composed:
    """What a gateway needs: the whole text, and for providers that send approved texts their code and the variables."""

    text: str
    template: str
    variables: dict


def compose(key, variables, *, is_sms=True):
    """The message for these variables in the wording of now; for an SMS long ones are cut, our own words never.

    Raises KeyError for a key that is gone from the code, or a variable that is missing.
    """
    wording, template = _chosen().get(key) or (TEXTS[key], "")
    values = {name: str(value) for name, value in variables.items()}
    if is_sms:
        values = _cut(wording, values)
    return Composed(fill(wording, values), template, values)


def check(key, variables):
    """Raise KeyError unless there is such a text and all its variables. Asks no database."""
    TEXTS[key].format(**variables)


def fill(wording, values):
    """The text that leaves the house: 【signature】 and the filled-in wording."""
    return f"【{settings.SMS_SIGNATURE}】" + wording.format(**values)


def placeholders(wording):
    """Names in braces; raises ValueError for braces that hold anything but a name, or one twice."""
    names = set()
    for _words, name, form, conversion in Formatter().parse(wording):
        if name is None:
            continue
        if form or conversion or not name.isidentifier() or name in names:
            raise ValueError(wording)
        names.add(name)
    return names


def own_length(wording, signature=None):
    """Characters of an SMS that are taken whatever its variables hold: signature and own words."""
    empty = wording.format(**dict.fromkeys(placeholders(wording), ""))
    return sms_length(f"【{signature or settings.SMS_SIGNATURE}】{empty}")


def sample(wording):
    """The wording with values such as they occur, as one SMS would carry it."""
    return fill(wording, _cut(wording, {name: VARIABLES[name][1] for name in placeholders(wording)}))


def sms_length(text):
    """Characters as the network counts them: UCS-2 units, so that a rare character or an emoji counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def label(key):
    """What the text is called in the office."""
    return LABELS.get(key, key)


def forget_wordings():
    """A wording has changed: this process reads it anew, the others within half a minute."""
    caches["process"].delete(CACHE_KEY)


def _chosen():
    """Wording and template code of every text that the database holds; one query in half a minute."""

    def read():
        return {
            key: (text, code) for key, text, code in MessageText.objects.values_list("key", "text", "template_code")
        }

    return caches["process"].get_or_set(CACHE_KEY, read, 30)


def _cut(wording, values):
    """The values, the longest of them cut (names, titles) until one SMS holds the text."""
    values, used = dict(values), placeholders(wording)
    while sms_length(fill(wording, values)) > SMS_MAX:
        name = max(used, key=lambda name: len(values[name]), default=None)
        if name is None or len(values[name]) <= 1:
            break
        values[name] = values[name].removesuffix(CUT)[:-1] + CUT
    return values
