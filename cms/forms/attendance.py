"""What the staff types on the page of attendance: which persons to show, and who was there."""

from django import forms
from django.utils.translation import gettext_lazy as _

from membership.fields import LineField

ENTRIES = {"came": True, "absent": False, "": None}
SEEN, ENTRY = "seen-", "entry-"
DIGITS_MAX = 18  # what the column of an id can hold
SHOWN = {
    "": (_("Everybody"), {}),
    "open": (_("Not recorded"), {"attended": None}),
    "came": (_("Came"), {"attended": True}),
    "absent": (_("Did not come"), {"attended": False}),
}


class AttendanceFilterForm(forms.Form):
    """Which persons of a meeting are shown: by a part of name or unit, and by what is recorded."""

    q = LineField(label=_("Name or unit"), required=False, max_length=100)

    def __init__(self, data):
        super().__init__({"q": data.get("q", "")})
        self.fields["q"].widget.attrs["placeholder"] = _("Name or unit")
        self.shown = data.get("show") if data.get("show") in SHOWN else ""

    @property
    def words(self):
        return self.data["q"].strip()

    @property
    def typed(self):
        """[(name, value)] of what was filled in, to carry it along."""
        return [(name, value) for name, value in (("show", self.shown), ("q", self.words)) if value]

    def narrow(self, persons):
        """The persons that the filter leaves; words that nobody can be called leave nobody."""
        if not self.is_valid():
            return persons.none()
        return persons.matching(self.cleaned_data["q"]).filter(**SHOWN[self.shown][1])


class AttendanceForm(forms.Form):
    """One page of persons: `entry-ID` is what is ticked now, `seen-ID` what stood there when the page was made.

    Afterwards `typed` holds {id: entry} of every row, `seen` {id: entry} of those to change, and `changes` their ids
    as the verb takes them. With `others_came` in the data all who are not recorded on the page came.
    """

    error = _("The entries of this page cannot be read, so nothing was saved. Check them and save again.")

    def clean(self):
        self.typed, self.seen = {}, {}
        others_came = "others_came" in self.data
        for name in self.data:
            if name.startswith(SEEN):
                pk, seen = self._number(name.removeprefix(SEEN)), self._entry(name)
                entry = self._entry(f"{ENTRY}{pk}") if f"{ENTRY}{pk}" in self.data else seen
                entry = True if entry is None and others_came else entry
                self.typed[pk] = entry
                if entry is not seen:
                    self.seen[pk] = seen
        return {}

    @property
    def changes(self):
        """{attended, absent, unknown}: the ids of the rows that the person touched."""
        asked = {"attended": True, "absent": False, "unknown": None}
        return {name: [pk for pk in self.seen if self.typed[pk] is entry] for name, entry in asked.items()}

    def _number(self, text):
        if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
            raise forms.ValidationError(self.error)
        return int(text)

    def _entry(self, name):
        """The one entry of this name; two at once, or another word, say nothing that could be kept."""
        given = self.data.getlist(name)
        if len(given) != 1 or given[0] not in ENTRIES:
            raise forms.ValidationError(self.error)
        return ENTRIES[given[0]]
