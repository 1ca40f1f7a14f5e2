"""Moves as data: `MOVES = {verb: ({from states}, to state)}` is the only copy of a state machine."""

from django.utils.translation import gettext as _

from membership.exceptions import Refusal


def next_state(moves, verb, state):
    """The state that `verb` leads to from `state`; raises Refusal when the table of moves has no such move."""
    sources, target = moves[verb]
    if state not in sources:
        raise Refusal(
            _("This is not possible in the state “%(state)s”. Reload the page to see what can be done now.")
            % {"state": state.label},
            code="wrong_state",
        )
    return target


def move_rows(rows, moves, verb, *, field="state", **changes):
    """One conditional UPDATE: `verb` happens to those of `rows` whose state allows it; returns to how many.

    `changes` are further columns written with it. Of two who come at once, one gets the row and the other 0: keep the
    conditions of `rows` on columns of the table itself, for only those are judged again after waiting for the first.
    """
    sources, target = moves[verb]
    return rows.filter(**{f"{field}__in": sorted(sources)}).update(**{field: target}, **changes)
