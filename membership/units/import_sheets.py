"""Workbooks of an import of members: the template to fill in, and the rejected rows to be mended."""

from django.utils.translation import gettext as _

from membership import spreadsheets
from membership.spreadsheets import Column, Sheet
from membership.units.import_columns import EXAMPLE, MAX_ROWS, columns, reason_title
from membership.units.states import RowVerdict


def template():
    """A File: the columns with one example row, the values that are allowed, and how to fill it in."""
    known = columns()
    example = [column.example for column in known]
    chosen = [column for column in known if _choices(column)]
    longest = max(len(_choices(column)) for column in chosen)
    values = [[_at(_choices(column), line) for column in chosen] for line in range(longest)]
    sheets = [
        Sheet(_("Members"), _titles(known), [example]),
        Sheet(_("Allowed values"), [Column(column.title, 24) for column in chosen], values),
        Sheet(_("How to fill in"), [Column(_("How to fill in"), 100)], [[line] for line in _advice()]),
    ]
    return spreadsheets.as_file(sheets, _("Template for importing members.xlsx"))


def rejected(unit_import):
    """A File: the rejected rows as they were typed, with the reasons, to be mended and uploaded again."""
    known = columns()
    titles = {column.key: column.title for column in known}
    rows = unit_import.rows.filter(verdict=RowVerdict.REJECTED).order_by("number").iterator(chunk_size=500)
    lines = ([*(row.texts.get(column.key, "") for column in known), in_words(row, titles)] for row in rows)
    sheet = Sheet(_("Rejected rows"), [*_titles(known), Column(reason_title(), 60)], lines)
    return spreadsheets.as_file([sheet], _("Rejected rows %(name)s.xlsx") % {"name": unit_import.original_name[:80]})


def in_words(row, titles):
    """Every problem of a row with the title of its column."""
    return "；".join(f"{titles.get(key, key)}：{sentence}" for key, sentence in row.problems)


def _titles(known):
    return [Column(_starred(column), column.width, _choices(column)) for column in known]


def _starred(column):
    return f"{column.title}*" if column.heading.required else column.title


def _choices(column):
    return [str(name) for name in getattr(column.field, "names", {}).values()]


def _at(names, line):
    return names[line] if line < len(names) else ""


def _advice():
    return [
        _("Columns with * must be filled in. At most %(rows)s rows in one file.") % {"rows": MAX_ROWS},
        _("The row that begins with “%(mark)s” is an example and is passed over.") % {"mark": EXAMPLE},
        _("Leave the member number empty: new members are numbered one after the other."),
        _("In the column of a branch write the level there; empty means that the unit is no member of it."),
        _("Format credit codes and telephone numbers as text, so that no digits are lost."),
        _("A mobile number as contact phone: whoever logs in or signs up with it takes the unit over."),
    ]
