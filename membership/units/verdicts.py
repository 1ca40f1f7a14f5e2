"""Verdicts of a reviewer: {item key: {"ok", "reason", "words"}}, and the words to the unit that follow from them."""

from django.utils.translation import gettext as _

from membership.units.states import ReturnReason

WORDS_MAX = 200
REMARK_MAX = 500
OK, MARKED = "ok", "marked"


def read(data, keys):
    """The verdicts that a form has posted on these items; what was not judged is left out."""
    found = {}
    for key in keys:
        choice = data.get(f"verdict:{key}")
        if choice not in (OK, MARKED):
            continue
        reason = data.get(f"reason:{key}", "")
        is_marked = choice == MARKED
        found[key] = {
            "ok": not is_marked,
            "reason": reason if is_marked and reason in ReturnReason.values else "",
            "words": data.get(f"words:{key}", "").strip()[:WORDS_MAX] if is_marked else "",
        }
    return found


def without_reason(verdicts):
    """The keys of what is marked and says neither by a reason nor in words what is wrong."""
    other = ("", ReturnReason.OTHER)
    marked = [key for key, verdict in verdicts.items() if is_marked(verdict)]
    return [key for key in marked if not verdicts[key]["words"] and verdicts[key]["reason"] in other]


def is_marked(verdict):
    return not verdict["ok"]


def remark(items, verdicts):
    """One clause per marked item, in the order of `items` (with key and label)."""
    marked = {key: verdict for key, verdict in verdicts.items() if is_marked(verdict)}
    lines = [_line(item, marked[item.key]) for item in items if item.key in marked]
    text = "；".join(lines) + "。" if lines else ""
    return text if len(text) <= REMARK_MAX else text[: REMARK_MAX - 1] + "…"


def _line(item, verdict):
    reason = ReturnReason(verdict["reason"]) if verdict["reason"] else ReturnReason.OTHER
    if reason == ReturnReason.OTHER:
        told = verdict["words"] or _("needs a change")
    else:
        told = "，".join(part for part in (str(reason.label), verdict["words"]) if part)
    return f"{item.label}：{told}"
