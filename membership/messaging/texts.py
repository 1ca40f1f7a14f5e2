"""Texts of messages by template key; at most 70 characters with the signature for one SMS."""

from django.conf import settings

TEXTS = {
    "membership_approved": "{unit}认证已通过，等级：{level}。请登录会员之家查看。",
}


def render(template, variables):
    """The text that leaves the house: 【signature】 and the filled-in template."""
    return f"【{settings.SMS_SIGNATURE}】" + TEXTS[template].format(**variables)
