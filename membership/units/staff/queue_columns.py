"""The columns of the queues. Their cells are put together here: a template for each of two hundred takes longer."""

from functools import cache

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, Table

from membership.units.states import ReviewState, UnitType


class PlainColumn(Column):
    """A value as it is."""

    def render_cell_html(self, instance, parent_context):
        value = self.get_value(instance)
        return format_html("<td>{}</td>", "" if value is None else value)


class TickColumn(Column):
    """A box for 指派; it belongs to the form above the list."""

    header_template_name = "units/staff/reviews/tick_header.html"

    def render_cell_html(self, review, parent_context):
        box = ""
        if review.state == ReviewState.OPEN:
            words = gettext("Tick %(name)s") % {"name": review.membership.unit.name}
            html = '<input type="checkbox" name="review" value="{}" form="assign" aria-label="{}">'
            box = format_html(html, review.pk, words)
        return format_html('<td class="tick">{}</td>', box)


class UnitColumn(Column):
    """The unit, leading to the review; who has it in hand, and its number."""

    def render_cell_html(self, review, parent_context):
        held = ""
        if review.holder:
            words = gettext("%(who)s is reviewing this") % {"who": review.holder}
            held = format_html('<span class="mark mark--warn">{}</span>', words)
        way = '<div class="title-wrapper"><a href="{}">{}</a></div>'
        unit = format_html(way, _pattern().replace("0", str(review.pk)), review.membership.unit.name)
        reference = format_html('<small class="reference">{}</small>', review.reference)
        return format_html('<td class="title">{}{}{}</td>', unit, held, reference)


class WaitingColumn(Column):
    """等待天数: in red and in words once it is more than the rules allow."""

    def render_cell_html(self, review, parent_context):
        if review.days is None:
            return format_html("<td>{}</td>", "--")
        if review.is_late:
            words = ngettext("%(days)s day, overdue", "%(days)s days, overdue", review.days) % {"days": review.days}
            return format_html('<td><span class="mark mark--danger">{}</span></td>', words)
        return format_html(
            "<td>{}</td>", ngettext("%(days)s day", "%(days)s days", review.days) % {"days": review.days}
        )


class StateColumn(Column):
    def render_cell_html(self, review, parent_context):
        html = '<td><span class="mark mark--{}">{}</span></td>'
        return format_html(html, review.tag, ReviewState(review.state).label)


@cache
def _pattern():
    """The address of a review with a nought for its number."""
    return reverse("reviews:review", args=[0])


def columns(*, with_ticks, with_bodies):
    """`with_ticks` where rows may be assigned, `with_bodies` where they are of several."""
    ticks = [TickColumn("tick", label="")] if with_ticks else []
    bodies = (
        [PlainColumn("body", label=_("Branch"), accessor=lambda review: review.membership.body)] if with_bodies else []
    )
    return [
        *ticks,
        UnitColumn("unit", label=_("Unit name")),
        PlainColumn("uscc", label=_("Credit code"), accessor=lambda review: review.membership.unit.uscc),
        PlainColumn("unit_type", label=_("Type"), accessor=_unit_type),
        *bodies,
        PlainColumn("handed_in_at", label=_("Submitted at"), accessor=_handed_in),
        WaitingColumn("waited", label=_("Working days waited")),
        PlainColumn("round", label=_("Submission"), accessor=lambda review: review.round_in_words),
        PlainColumn("assigned_to", label=_("Reviewer"), accessor=lambda review: review.assigned_to or "--"),
        StateColumn("state", label=_("State")),
    ]


def _unit_type(review):
    return UnitType(review.membership.unit.unit_type).label


def _handed_in(review):
    return date_format(localtime(review.handed_in_at), "Y-m-d H:i")


class QueueTable(Table):
    """Its body is put together from the cells, without a component of a template for each."""

    template_name = "units/staff/reviews/table.html"

    @property
    def body(self):
        columns = list(self.columns.values())
        rows = (format_html_join("", "{}", ((c.render_cell_html(row, {}),) for c in columns)) for row in self.data)
        return format_html_join("\n", "<tr>{}</tr>", ((row,) for row in rows))
