"""Saying which column of a bank's table is what: one choice over each column of its first rows."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership.dues.actions.statements import chosen_columns
from membership.dues.statement_columns import Column

NO_TITLES = 0  # every row is data


class ColumnsForm(forms.Form):
    """`header_row` as a row number of the file; `column-N` for each column that the first rows have."""

    header_row = forms.TypedChoiceField(
        coerce=int,
        label=gettext_lazy("Row with the titles"),
        error_messages={
            "required": gettext_lazy("Say in which row the titles stand."),
            "invalid_choice": gettext_lazy("Say in which row the titles stand."),
        },
    )

    def __init__(self, *args, statement, **kwargs):
        super().__init__(*args, **kwargs)
        self.sample = statement.sample
        self.numbers = sorted({int(number) for _row, cells in self.sample for number in cells})
        self.fields["header_row"].choices = [(NO_TITLES, ""), *((row, row) for row, _cells in self.sample)]
        self.fields["header_row"].initial = statement.header_row
        meant = _by_number(statement.columns)
        for number in self.numbers:
            self.fields[f"column-{number}"] = forms.ChoiceField(
                choices=[("", _("Not needed")), *Column.choices],
                required=False,
                initial=meant.get(number, ""),
                label=_("Column %(number)s") % {"number": number},
                error_messages={"invalid_choice": gettext_lazy("Choose one of the list.")},
            )

    def clean(self):
        data, columns = super().clean(), {}
        for number in self.numbers:
            meaning = data.get(f"column-{number}")
            if not meaning:
                continue
            if meaning == Column.MEMO:
                columns.setdefault(meaning, []).append(number)
            elif meaning in columns:
                wrong = _("Two columns are “%(column)s”. Choose one.") % {"column": Column(meaning).label}
                raise forms.ValidationError(wrong, code="twice")
            else:
                columns[meaning] = number
        if wrong := chosen_columns(columns):
            raise forms.ValidationError(wrong, code="columns")
        return data | {"columns": columns}

    @property
    def choices(self):
        """The bound fields of the columns, from left to right."""
        return [self[f"column-{number}"] for number in self.numbers]

    @property
    def chosen_row(self):
        """As text; empty while none is chosen."""
        value = self["header_row"].value()
        return "" if value is None else str(value)

    @property
    def rows(self):
        """[(row number, whether it is the chosen row of titles, texts of all columns)]"""
        chosen = self.chosen_row
        return [
            (row, str(row) == chosen, [cells.get(str(number), "") for number in self.numbers])
            for row, cells in self.sample
        ]


def _by_number(columns):
    meant = {}
    for meaning, numbers in columns.items():
        for number in numbers if isinstance(numbers, list) else [numbers]:
            meant[number] = meaning
    return meant
