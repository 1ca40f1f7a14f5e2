"""Activities as a calendar file that phones and Outlook take (RFC 5545)."""

from datetime import UTC
from urllib.parse import urlsplit

LINE_OCTETS = 75  # RFC 5545 3.1
STAMP = "%Y%m%dT%H%M%SZ"
MEDIA_TYPE = "text/calendar; charset=utf-8"


def calendar_of(activity, *, uid, organizer, address):
    """The activity as a VCALENDAR (bytes) with one event; `uid` stays the same whenever it is fetched again."""
    return calendar([(activity, uid, address)], organizer=organizer)


def calendar(events, *, organizer, name=""):
    """A VCALENDAR (bytes) with these events, each (activity, uid, address); `name` is what a subscriber reads."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_escaped(organizer)}//Members' Home//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        *([f"X-WR-CALNAME:{_escaped(name)}"] if name else []),
        *(line for event in events for line in _event(*event)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def uid_of(activity, site):
    """The same in every calendar file of the activity, a member's or the open one; `site` is an address of ours."""
    return f"notice-{activity.pk}@{urlsplit(site).hostname or 'localhost'}"


def _event(activity, uid, address):
    changed = activity.last_published_at or activity.published_at
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_utc(changed)}",
        f"DTSTART:{_utc(activity.starts_at)}",
        f"DTEND:{_utc(activity.ends_at)}",
        f"SUMMARY:{_escaped(activity.title)}",
        f"LOCATION:{_escaped(activity.venue)}",
        f"DESCRIPTION:{_escaped(_description(activity, address))}",
        f"URL:{address}",
        "END:VEVENT",
    ]


def _description(activity, address):
    return "\n".join(part for part in (activity.document_no, activity.contact, address) if part)


def _utc(moment):
    return moment.astimezone(UTC).strftime(STAMP)


def _escaped(text):
    """TEXT of RFC 5545 3.3.11; line ends of any kind become one."""
    for plain, safe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n"), ("\r", "\n"), ("\n", "\\n")):
        text = text.replace(plain, safe)
    return "".join(each for each in text if each.isprintable())


def _folded(line):
    """Lines of at most 75 octets, cut between characters; what follows begins with a space."""
    parts, room, part = [], LINE_OCTETS, ""
    for each in line:
        size = len(each.encode())
        if size > room:
            parts.append(part)
            part, room = "", LINE_OCTETS - 1
        part += each
        room -= size
    return "\r\n ".join([*parts, part])
