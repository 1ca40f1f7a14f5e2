"""Texts of messages by template key; at most 70 characters with the signature for one SMS."""

from django.conf import settings

SMS_MAX = 70
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
}


def render(template, variables):
    """The text that leaves the house: 【signature】 and the filled-in template."""
    return f"【{settings.SMS_SIGNATURE}】" + TEXTS[template].format(**variables)


def fit_sms(template, variables):
    """The text for one SMS: the longest variables (names, titles) are cut until it fits, our own words never."""
    values = {name: str(value) for name, value in variables.items()}
    text = render(template, values)
    while sms_length(text) > SMS_MAX:
        name = max(values, key=lambda name: len(values[name]), default=None)
        if name is None or len(values[name]) <= 1:
            return text
        values[name] = values[name].removesuffix(CUT)[:-1] + CUT
        text = render(template, values)
    return text


def sms_length(text):
    """Characters as the network counts them: UCS-2 units, so that a rare character or an emoji counts twice."""
    return len(text.encode("utf-16-le")) // 2
