"""How the demo's notices are put on paper: blocks of a body, dates around today, the plan of one notice."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.utils import timezone

SIGNER = "示范省建设工程质量安全协会"
WEEKDAYS = "一二三四五六日"
TO_ALL_MEMBERS = "各会员单位："


class Calendar:
    """Days counted from today, so that the demo is always in the middle of its work."""

    def __init__(self, today):
        self.today = today

    def day(self, offset):
        return self.today + timedelta(days=offset)

    def at(self, offset, hour, minute=0):
        """That hour of that day as a moment."""
        return timezone.make_aware(datetime.combine(self.day(offset), time(hour, minute)))

    def words(self, offset):
        """2026年11月30日（星期一）"""
        day = self.day(offset)
        return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"

    def short(self, offset):
        """11月30日"""
        day = self.day(offset)
        return f"{day.month}月{day.day}日"

    def document_no(self, number, offset):
        """示建质安协〔2026〕18号, with the year of that day."""
        return f"示建质安协〔{self.day(offset).year}〕{number}号"


@dataclass
class FilePlan:
    """An attachment: what readers see as its title, its file name, and the function that makes its bytes."""

    title: str
    name: str
    make: object
    is_receipt_form: bool = False


@dataclass
class NoticePlan:
    """One notice of the demo. Days are counted from today; `audience` is [(kind, value)] in words of `publishing`."""

    slug: str
    title: str
    category: str
    published: int  # days before today; a notice without is a draft
    body: list
    is_open: bool = False
    audience: list = field(default_factory=list)
    receipt: str = "none"
    deadline: datetime | None = None
    items: list = field(default_factory=list)
    upload_required: bool = True
    files: list = field(default_factory=list)
    event: dict | None = None
    contact: str = ""
    pinned: bool = False
    is_draft: bool = False
    is_numbered: bool = True
    read_share: float = 0.7
    answer_share: float = 0.0


def heading(text):
    return ("heading", text)


def para(*sentences):
    return ("paragraph", "".join(f"<p>{sentence}</p>" for sentence in sentences))


def points(*texts):
    return ("paragraph", "<ol>" + "".join(f"<li>{text}</li>" for text in texts) + "</ol>")


def table(*rows, caption=""):
    return (
        "table",
        {
            "data": [list(row) for row in rows],
            "first_row_is_table_header": True,
            "first_col_is_header": False,
            "table_header_choice": "row",
            "table_caption": caption,
        },
    )


def callout(title, text):
    return ("callout", {"title": title, "text": f"<p>{text}</p>"})


def quote(text, source):
    return ("quote", {"text": text, "source": source})


def signature(day, signer=SIGNER):
    return ("signature", {"signer": signer, "date": day})
