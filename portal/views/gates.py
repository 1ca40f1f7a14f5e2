"""Who gets behind the doors of 会员之家: whoever has a seat in a unit, for some rooms only certified units.

The start page and the first form are open to every person on the side of the members.
"""

from functools import wraps

from django.shortcuts import render

from portal.shell import Shell


def for_persons(view):
    """For whoever acts for a unit or may come to; the association's staff without a seat are told where to go."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_staff and Shell.of(request).unit is None:
            return render(request, "portal/no_unit.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


def for_units(view):
    """Only for persons with a seat; anyone else (association staff) is told where to go instead."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if Shell.of(request).unit is None:
            return render(request, "portal/no_unit.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


def for_certified_units(view):
    """Only for certified units; before that the page explains itself (guide 一.(四)) and shows no content."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not Shell.of(request).is_certified:
            return render(request, "portal/locked.html", status=403)
        return view(request, *args, **kwargs)

    return for_units(guarded)
