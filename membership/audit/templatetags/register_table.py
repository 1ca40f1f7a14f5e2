"""The rows of a register whose rows are only looked at: the table of modeladmin, put together once for all rows.

modeladmin asks Django's admin about each cell and draws it by two templates: of fifty rows that takes longer than all
else on the page.
"""

from django import template
from django.core.exceptions import FieldDoesNotExist
from django.utils.html import format_html, format_html_join
from wagtail_modeladmin.templatetags.modeladmin_tags import result_headers

register = template.Library()
NO_ROW = 2**63 - 1  # stands in the address of a row's page for its number
FIRST = (
    '<div class="title-wrapper"><a href="{url}" title="{title}">{content}</a></div>'
    '<ul class="actions"><li><a href="{url}" class="{classname}" title="{title}">{label}</a></li></ul>'
)


@register.inclusion_tag("audit/register_table.html", takes_context=True)
def register_table(context):
    """The page of rows that the view shows, the first column leading to the page of the row."""
    view, rows = context["view"], context["object_list"]
    columns = [Column(view.model_admin, name) for name in view.list_display]
    button = view.button_helper.inspect_button(NO_ROW, ["button-small"])
    drawn = ((_row(row, columns, button, odd=n % 2 == 0),) for n, row in enumerate(rows))
    return {"headers": list(result_headers(view)), "rows": format_html_join("", "{}", drawn)}


class Column:
    """How a column shows a row: a field of the model, by its label if it has choices, or what modeladmin computes.

    Attributes belong to the column, names of classes to the cell.
    """

    def __init__(self, model_admin, name):
        self.model_admin, self.name, self.drawn = model_admin, name, {}
        self.attributes = tuple(model_admin.get_extra_attrs_for_field_col(None, name).items())
        self.empty = model_admin.get_empty_value_display(name)
        try:
            field = model_admin.model._meta.get_field(name)
        except FieldDoesNotExist:
            self.value = getattr(model_admin, name, None) or (lambda row: getattr(row, name))
        else:
            labels = {value: str(label) for value, label in field.flatchoices or ()}
            self.value = lambda row: labels.get(getattr(row, name), getattr(row, name))

    def cell(self, row):
        """(attributes, content) of the cell."""
        value, names = self.value(row), tuple(self.model_admin.get_extra_class_names_for_field_col(row, self.name))
        if names not in self.drawn:
            of_cell = ("class", " ".join(("field-" + self.name, "title", *names)))
            self.drawn[names] = format_html_join("", ' {}="{}"', (*self.attributes, of_cell))
        return self.drawn[names], self.empty if value in (None, "") else value


def _row(row, columns, button, *, odd):
    way = button | {"url": button["url"].replace(str(NO_ROW), str(row.pk))}
    cells = [column.cell(row) for column in columns]
    attributes, content = cells[0]
    cells[0] = attributes, format_html(FIRST, content=content, **way)
    drawn = format_html_join("", "<td{}>{}</td>", cells)
    return format_html('<tr class="{}" data-object-pk="{}">{}</tr>', "odd" if odd else "even", row.pk, drawn)
