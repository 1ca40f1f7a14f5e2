"""The columns of an import of members: their titles, what may stand in them, and how a cell is understood."""

import re
import unicodedata
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership.fields import LineField
from membership.spreadsheets import Heading, as_date, as_text
from membership.units.forms import CreditCodeField, TelephoneField
from membership.units.models import Body, Level
from membership.units.regions import Province
from membership.units.states import BodyKind, UnitType

MAX_ROWS = 10_000
FIRST_YEAR = 1949
EXAMPLE = "示例："  # a row whose name begins so is the template's own
NEEDED = gettext_lazy("This must be filled in.")
TOO_LONG = gettext_lazy("Too long: at most %(limit_value)s characters.")
BRANCH = "branch:"
REASON = "reason"
EXAMPLE_CODE = "91510100MA0000000H"
# Of each column of the unit: title, example, width in the template, other titles that mean the same.
OF_UNIT = {
    "name": (gettext_lazy("unit name"), f"{EXAMPLE}四川示范建设有限公司", 34, ("名称", "单位全称", "企业名称")),
    "uscc": (gettext_lazy("credit code"), EXAMPLE_CODE, 22, ("信用代码", "社会信用代码")),
    "unit_type": (gettext_lazy("unit type"), "施工"),
    "province": (gettext_lazy("province"), "四川省", 14, ("省份", "省")),
    "city": (gettext_lazy("city"), "成都市", 14, ("城市", "市")),
    "address": (gettext_lazy("address"), "高新区天府大道 1 号", 30, ("单位地址",)),
    "legal_representative": (gettext_lazy("legal representative"), "张三", 14, ("法定代表人",)),
    "contact_department": (gettext_lazy("contact department"), "办公室"),
    "contact_name": (gettext_lazy("contact person"), "李四"),
    "contact_phone": (gettext_lazy("contact phone"), "13800000000", 16, ("手机", "手机号")),
    "email": (gettext_lazy("e-mail"), "office@example.com", 24, ("电子邮箱", "电子邮件")),
    "joined_on": (gettext_lazy("member since"), "2015-06-30"),
    "level": (gettext_lazy("Level in the association"), "普通会员", 16, ("级别", "等级", "大协会级别")),
    "member_no": (gettext_lazy("member number"), "", 14, ("会员号",)),
}
ENDING = re.compile(r"(单位|省|市|(壮族|回族|维吾尔)?自治区|特别行政区)$")
BRACKETS = re.compile(r"[(（].*?[)）]")


class NameField(forms.Field):
    """One of several things by its name, with or without the usual ending; cleans to its key."""

    def __init__(self, names, **kwargs):
        """`names` is {key: name}."""
        super().__init__(**kwargs)
        self.names = {key: str(name) for key, name in names.items()}
        self.by_name = {}
        for key, name in self.names.items():
            for spelling in (_plain(name), _plain(BRACKETS.sub("", name)), _short(name)):
                self.by_name.setdefault(spelling, key)

    def to_python(self, value):
        text = _plain(value)
        if not text:
            return ""
        known = self.by_name.get(text) or self.by_name.get(_short(text))
        if known is None:
            raise ValidationError(
                _("“%(text)s” is not allowed here. The sheet of allowed values in the template shows what is."),
                code="not_allowed",
                params={"text": str(value)[:30]},
            )
        return known


class JoiningDayField(forms.Field):
    """A day up to today; cleans to ISO text. It gets the raw value: spreadsheets count days."""

    def clean(self, value):
        day = as_date(value)
        if day is None:
            raise ValidationError(NEEDED, code="required")
        if day.year < FIRST_YEAR or day > timezone.localdate():
            raise ValidationError(
                _("The day must lie between %(year)s and today."),
                code="out_of_range",
                params={"year": FIRST_YEAR},
            )
        return day.isoformat()


@dataclass(frozen=True)
class ImportColumn:
    """A column: its key in the facts, its titles, the field that cleans it, an example and a width for the template."""

    key: str
    heading: Heading
    field: forms.Field
    example: str = ""
    width: int = 14

    @property
    def title(self):
        return str(self.heading.title)

    def clean(self, raw):
        """The fact in this cell, as JSON can hold it. Raises ValidationError."""
        return self.field.clean(raw if isinstance(self.field, JoiningDayField) else as_text(raw))


def columns():
    """Every column in the order of the template: the unit, its level, one column for each branch. Two queries."""
    levels = {kind: {} for kind in BodyKind}
    for level in Level.objects.all():
        levels[level.body_kind][level.pk] = level.name
    branches = Body.objects.filter(kind=BodyKind.BRANCH)
    return [*_of_unit(levels[BodyKind.ASSOCIATION]), *(_of_branch(body, levels[BodyKind.BRANCH]) for body in branches)]


def headings(of):
    """What the reader looks for; the column of reasons in a list of rejected rows is known and passed over."""
    return [*(column.heading for column in of), Heading(REASON, reason_title())]


def reason_title():
    return _("Why it was rejected")


def _of_unit(levels):
    fields = {
        "name": _needed(LineField, min_length=2, max_length=100),
        "uscc": _needed(CreditCodeField),
        "unit_type": _needed(NameField, names=dict(UnitType.choices)),
        "province": _needed(NameField, names=dict(Province.choices)),
        "city": _line(max_length=50),
        "address": _line(max_length=200),
        "legal_representative": _needed(LineField, max_length=50),
        "contact_department": _line(max_length=50),
        "contact_name": _needed(LineField, max_length=50),
        "contact_phone": _needed(TelephoneField, max_length=30),
        "email": forms.EmailField(required=False, max_length=254),
        "joined_on": JoiningDayField(),
        "level": _needed(NameField, names=levels),
        "member_no": _line(max_length=30),
    }
    return [_column(key, field, *OF_UNIT[key]) for key, field in fields.items()]


def _line(**options):
    return LineField(required=False, error_messages={"max_length": TOO_LONG}, **options)


def _needed(kind, **options):
    messages = {"required": NEEDED, "max_length": TOO_LONG}
    if "min_length" in options:
        messages["min_length"] = _("Enter the full name of the unit.")
    return kind(error_messages=messages, **options)


def _column(key, field, title, example, width=14, also=()):
    """Titles are known in every language that the office may have chosen when it fetched the template."""
    known = [*also]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known.append(str(title))
    return ImportColumn(key, Heading(key, str(title), field.required, tuple(known)), field, example, width)


def _of_branch(body, levels):
    names = (body.short_name, _("Level in %(branch)s") % {"branch": body.short_name})
    heading = Heading(f"{BRANCH}{body.pk}", body.name, False, names)
    return ImportColumn(heading.key, heading, NameField(levels, required=False))


def _plain(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(text)))


def _short(text):
    """Without the ending that people leave out: 理事单位, 四川省."""
    text = BRACKETS.sub("", _plain(text))
    return ENDING.sub("", text) or text
