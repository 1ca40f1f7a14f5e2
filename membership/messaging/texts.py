"""Texts of messages by template key; at most 70 characters with the signature for one SMS."""

from django.conf import settings

SMS_MAX = 70
CUT = "…"
TEXTS = {
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
