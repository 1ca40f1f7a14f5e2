"""Which column of a bank's table is which: the words of Chinese banks, and what to say when they do not settle it."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership import spreadsheets

HEAD_WITHIN = 40  # rows that hold something: above the titles banks print the account, the period and totals
BLANK = {"", "-", "--", "---", "—", "——", "/", "无"}


class Column(TextChoices):
    """What a column of a statement may hold."""

    DATE = "date", gettext_lazy("Day of the transaction")
    SERIAL = "serial", gettext_lazy("Serial number of the bank")
    PAYER = "payer", gettext_lazy("Name of the payer")
    ACCOUNT = "account", gettext_lazy("Account of the payer")
    MEMO = "memo", gettext_lazy("Note (several are joined)")
    CREDIT = "credit", gettext_lazy("Credit (money in)")
    DEBIT = "debit", gettext_lazy("Debit (money out)")
    AMOUNT = "amount", gettext_lazy("Amount of either direction")
    FLAG = "flag", gettext_lazy("Direction (credit or debit)")
    CURRENCY = "currency", gettext_lazy("Currency")


IN = "贷方?|收入|收|存入|转入|入账|收款|进账|来账"
OUT = "借方?|支出|支|付|支取|转出|出账|付款|往账"
SUM = "(交易)?(发生)?(金额|额)"
# By column, the better title first. Compared with titles as `plain` leaves them.
TITLES = {
    Column.DATE: [
        "交易日期?", "[记入到过]账日期?", "日期", "发生日期", "交易(日期)?时间", "[记入到]账时间", "发生时间", "时间",
    ],
    Column.SERIAL: [
        "(交易|银行|核心|主机|记账|网银|业务|柜员)?(交易)?流水号?码?", "账户明细编号-交易流水号",
        "(电子)?回单(号|号码|编号)", "交易(参考|序列?)号", "日志号",
    ],
    Column.PAYER: [
        "对方(账户|账号|客户|单位)?(户名|名称|姓名)", "对方(账户名|账号名|单位)",
        "付款[人方]((账户)?(名称|户名|姓名))?",
        r"收[(/]?付\)?款?[人方](名称|户名)", "(交易)?对[手方](户名|名称|账户名称?|单位)?", "汇款人(名称|户名)?",
        "(来款|缴款|付款)单位(名称)?",
    ],
    Column.ACCOUNT: [
        "对方(账号|卡号|账户账?号?码?|账号/卡号)", "付款[人方](账号|账户|卡号)", r"收[(/]?付\)?款?[人方]账[号户]",
        "交易对手账[号户]", "汇款人账[号户]",
    ],
    Column.MEMO: [
        "(交易|客户|转账|汇款|业务|扩展|其[他它])?(附言|备注|用途|摘要|说明|留言)(内容|信息)?",
        "(回单)?个性化信息", "附加信息",
    ],
    Column.CREDIT: [rf"({IN}){SUM}?(\(({IN})\))?", rf"{SUM}\(({IN})\)"],
    Column.DEBIT: [rf"({OUT}){SUM}?(\(({OUT})\))?", rf"{SUM}\(({OUT})\)"],
    Column.AMOUNT: ["(交易|发生|本次)?(金额|额)"],
    Column.FLAG: [
        "借/?贷(标志|标识|方向|类型|别)?", "收/?付(标志|标识|方向|类型)?", "收/?支(标志|标识|方向|类型)?",
        "资金流向", "(交易|资金)?方向", "交易类型", "业务类型",
    ],
    Column.CURRENCY: ["(交易)?(币种|币别|货币)"],
}  # fmt: skip
PATTERNS = {column: [re.compile(title) for title in titles] for column, titles in TITLES.items()}
IN_WORDS = {"贷", "贷方", "贷记", "收", "收入", "收款", "进", "入", "入账", "存入", "转入", "汇入", "来账"}
OUT_WORDS = {"借", "借方", "借记", "付", "支", "支出", "支取", "付款", "出", "出账", "转出", "汇出", "往账"}
CREDIT_WORDS, DEBIT_WORDS = IN_WORDS | {"c", "cr", "+"}, OUT_WORDS | {"d", "dr", "-", "−"}


@dataclass(frozen=True)
class Layout:
    """Where the titles stand (row number from 1) and what each column holds: {Column: number from 1, of memo a list}.

    `doubt` is the sentence for whoever has to choose; empty when all is clear.
    """

    header_row: int | None = None
    columns: dict = field(default_factory=dict)
    doubt: str = ""

    @classmethod
    def stored(cls, header_row, columns):
        """As a person chose it, or as it was found before."""
        return cls(header_row, {Column(key): value for key, value in columns.items()})


def text_of(value):
    """What a cell shows, in one line; digits that are lost stay lost, and nothing raises."""
    try:
        text = spreadsheets.as_text(value)
    except ValidationError:
        text = str(value) if isinstance(value, str) else ""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()


def plain(title):
    """A title as it is compared: half width, without blanks, translation, unit and the marks of programs."""
    text = unicodedata.normalize("NFKC", text_of(title)).replace("帐", "账").replace("﹣", "-").lower()
    text = re.sub(r"\[.*?\]|[\s*'\ufeff:]", "", text)
    return re.sub(r"/元|\(([+-]?元?|(人民币|单位)元?|rmb|cny)\)", "", text)


def direction(value):
    """True for a word that says credit, False for debit, None for any other."""
    word = unicodedata.normalize("NFKC", text_of(value)).lower()
    return True if word in CREDIT_WORDS else False if word in DEBIT_WORDS else None


def day_of(value):
    """A cell as a date, None when it is empty. Raises ValidationError for what is no day of the calendar."""
    if isinstance(value, int) and value >= 10**13:
        value = str(value)
    if not isinstance(value, str):
        return spreadsheets.as_date(value)
    text = unicodedata.normalize("NFKC", spreadsheets.as_text(value))
    if text in BLANK:
        return None
    if re.fullmatch(r"20\d{12}(\d{3})?", text):
        return spreadsheets.as_date(text[:8])
    return spreadsheets.as_date(re.sub(r"(?<=[\d日])[\sT-]+\d{1,2}[:.时]\d{1,2}.*$", "", text))


def find(rows):
    """The Layout of these raw rows; with a doubt when titles are missing or leave the meaning open."""
    best, found = None, {}
    for index, (_number, cells) in enumerate(rows[:HEAD_WITHIN]):
        named = _named(cells)
        if Column.DATE in named and len(named) > max(1, len(found)):
            best, found = index, named
    if best is None:
        return Layout(doubt=_("The row with the titles of the columns was not found."))
    columns, doubt = _settled(found, rows[best + 1 :])
    return Layout(rows[best][0], columns, doubt)


def _named(cells):
    """{Column: [(rank of the title, column number), …]} of a row, the best title first."""
    named = {}
    for number, value in cells.items():
        title = plain(value)
        for column, patterns in PATTERNS.items():
            rank = next((rank for rank, pattern in enumerate(patterns) if pattern.fullmatch(title)), None)
            if rank is not None:
                named.setdefault(column, []).append((rank, number))
                break
    return {column: sorted(places) for column, places in named.items()}


def _settled(found, data):
    """({Column: number}, doubt) of titles that were found, by their ranks and by what stands below them."""
    columns = {column: places[0][1] for column, places in found.items()}
    if Column.MEMO in found:
        columns[Column.MEMO] = sorted(number for _rank, number in found[Column.MEMO])
    columns.pop(Column.FLAG, None)
    columns |= _by_values(Column.DATE, found, data, _is_day)
    columns |= _by_values(Column.FLAG, found, data, lambda value: direction(value) is not None)
    if Column.CREDIT in columns:
        columns.pop(Column.AMOUNT, None)
        columns.pop(Column.FLAG, None)
    return columns, _doubt(found, columns, data)


def _doubt(found, columns, data):
    for column in (Column.CREDIT, Column.DEBIT, Column.AMOUNT):
        if column in columns and len(found[column]) > 1:
            return _("Several columns may be “%(column)s”.") % {"column": column.label}
    if Column.PAYER not in columns:
        return _("No title names the payer. Choose that column, or go on without it.")
    if Column.CREDIT in columns:
        return ""
    if Column.AMOUNT not in columns or Column.DEBIT in columns:
        return _("There is no column with the credits.")
    if Column.FLAG in columns or _has_signs(data, columns[Column.AMOUNT]):
        return ""
    return _("Nothing says which amounts are credits and which are debits.")


def _has_signs(data, column):
    texts = (unicodedata.normalize("NFKC", text_of(cells.get(column))) for _number, cells in data)
    return any(re.match(r"[+\-−(]\s*[¥￥]?\s*\d", text) for text in texts)


def _by_values(column, found, data, fits):
    """The best titled column whose values fit, but for a few (footers): {column: number}, else nothing."""
    for _rank, number in found.get(column, []):
        values = [cells[number] for _row, cells in data if text_of(cells.get(number))]
        fitting = sum(1 for value in values if fits(value))
        if fitting and 3 * fitting >= 2 * len(values):
            return {column: number}
    return {}


def _is_day(value):
    try:
        return day_of(value) is not None
    except ValidationError:
        return False
