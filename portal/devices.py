"""A browser's own name for itself (User-Agent) in words that a person knows."""

from django.utils.translation import gettext as _

# In this order: most browsers also claim to be Chrome or Safari, most telephones to be Linux.
PROGRAMS = [
    ("MicroMessenger", "WeChat"),
    ("wxwork", "WeCom"),
    ("DingTalk", "DingTalk"),
    ("Edg", "Edge"),
    ("QQBrowser", "QQ"),
    ("360", "360"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
]


def name_of_device(user_agent):
    """「Chrome · Windows」, or that it is unknown."""
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (PROGRAMS, SYSTEMS)]
    return " · ".join(filter(None, found)) or _("Unknown device")
