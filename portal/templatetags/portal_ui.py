"""Template tags of the look: icons, tags, fields, error summary, pages, file rows. They know no model."""

from functools import lru_cache
from typing import NamedTuple

from django import template
from django.core.paginator import Paginator
from django.forms import BaseForm, CheckboxInput, FileInput, RadioSelect
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.template.defaulttags import CsrfTokenNode
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django_bootstrap5.renderers import FieldRenderer
from heroicons.templatetags import heroicons

from membership.dues.amounts import with_sign
from portal.kept import drawn, drawn_around, drawn_rows

register = template.Library()
register.filter("yuan", with_sign)

ICON_STYLES = {
    "outline": heroicons.heroicon_outline,
    "solid": heroicons.heroicon_solid,
    "mini": heroicons.heroicon_mini,
}
BANNERS = {
    "debug": ("info", "information-circle"),
    "info": ("info", "information-circle"),
    "success": ("ok", "check-circle"),
    "warning": ("warn", "exclamation-triangle"),
    "error": ("danger", "exclamation-circle"),
}


@lru_cache(maxsize=256)
def _draw(style, name, size, css):
    return ICON_STYLES[style](name, size=size, aria_hidden="true", focusable="false", **{"class": css})


@register.simple_tag
def icon(name, size=20, css="", style="outline"):
    """A heroicon as inline SVG, hidden from screen readers: the words beside it say the same."""
    return _draw(style, str(name), size, f"icon {css}".strip())


@register.simple_tag
def kept(template_name, shown=None, row=None):
    """A part that is drawn once for all who see the same in it; the template knows nothing but `shown`.

    Its addresses name `NO_ROW`, where the number `row` is put in.
    """
    return drawn(template_name, shown, row)


@register.simple_tag(takes_context=True)
def kept_form(context, template_name, shown, row=None):
    """The same for a part with a form in it: `shown.token` is a hole for what proves that the form is ours."""
    return drawn_around(CsrfTokenNode().render(context), template_name, shown, row)


@register.simple_tag
def message_rows(messages):
    """Messages in a list; but for its address each looks the same to many units, so it is drawn once for all."""
    return drawn_rows("portal/messages/_row.html", [(each.line, each.pk) for each in messages])


@register.simple_tag(takes_context=True)
def language_links(context):
    """The languages to choose from, each leading back to this page in it."""
    request = context.get("request")
    return drawn("components/language_links.html", request.get_full_path() if request else "")


@register.simple_tag
def tag(label, css="muted"):
    """A mark of state: pale background, dark text. `css` is danger, warn, ok, info, purple, primary or muted."""
    return format_html('<span class="tag tag-{}">{}</span>', str(css).removeprefix("tag-"), label)


@register.simple_tag
def count(number, label=""):
    """The red badge; nothing at zero. `label` completes the number for screen readers."""
    if not number:
        return ""
    words = format_html('<span class="visually-hidden"> {}</span>', label) if label else ""
    return format_html('<span class="count">{}{}</span>', "99+" if number > 99 else number, words)


@register.inclusion_tag("components/banner.html")
def banner(text, level="info", title=""):
    """A banner about the whole page; `level` is one of Django's message levels."""
    css, picture = BANNERS[level]
    return {"text": text, "title": title, "css": css, "icon_name": picture}


@register.simple_tag(takes_context=True)
def message_banners(context):
    """Django's messages as banners; those tagged `toast` become toasts where scripts run."""
    rows = []
    for message in context.get("messages") or ():
        css, picture = BANNERS.get(message.level_tag, BANNERS["info"])
        toast = "toast" in message.extra_tags.split() if message.extra_tags else False
        rows.append({"text": message, "css": css, "icon_name": picture, "toast": toast})
    return get_template("components/messages.html").render({"rows": rows}) if rows else ""


class WidgetRenderer(FieldRenderer):
    """Bootstrap's classes on the widget alone; label, hint and error are ours."""

    def __init__(self, field, *, css, described_by):
        invalid = "is-invalid" if field.errors else ""
        super().__init__(
            field, set_placeholder=False, server_side_validation=False, field_class=f"{css} {invalid}".strip()
        )
        self.described_by = described_by

    def add_widget_attrs(self):
        super().add_widget_attrs()
        attrs = self.widget.attrs
        if attrs.get("placeholder") == self.field.label:
            del attrs["placeholder"]
        if self.described_by:
            attrs["aria-describedby"] = self.described_by
        if self.field.field.required and not isinstance(self.widget, RadioSelect | FileInput):
            attrs["aria-required"] = "true"


def _describe(bound, hint):
    """The ids of hint and error, in the order in which Django itself names them."""
    ids = [f"{bound.auto_id}_helptext"] if hint else []
    return " ".join(ids + ([f"{bound.auto_id}_error"] if bound.errors else []))


def _field_context(bound, label, hint, show_hint):
    shown = (hint or bound.help_text) if show_hint else ""
    return {
        "bound": bound,
        "label": label or bound.label,
        "hint": shown,
        "described_by": _describe(bound, shown),
        "required": bound.field.required,
    }


@register.inclusion_tag("components/field.html")
def field(bound, label="", hint="", css="", width="", show_hint=True, optional=False, look=""):
    """One field of a form with label, mark *, hint, error and widget.

    `width` is xs, sm or md; `look="choices"` draws radio buttons as boxes, `look="inline"` in one line;
    `optional` marks a field that need not be filled in.
    """
    context = _field_context(bound, label, hint, show_hint)
    widget = bound.field.widget
    is_password = getattr(widget, "input_type", "") == "password"
    renderer = WidgetRenderer(
        bound,
        css=f"w-{width}" if width and not is_password else "",
        described_by="" if bound.use_fieldset else context["described_by"],
    )
    return context | {
        "widget": "" if look == "choices" else renderer.get_field_html(),
        "css": css,
        "width": width,
        "look": look,
        "optional": optional and not bound.field.required,
        "is_group": bound.use_fieldset,
        "is_checkbox": isinstance(widget, CheckboxInput),
        "is_password": is_password,
    }


@register.inclusion_tag("components/upload.html")
def upload_field(bound, text="", label="", hint="", accept="", max_mb=20, show_label=True):
    """The box 「+」 around a file input; it works without scripts. `accept` as in HTML, `max_mb` in MiB."""
    context = _field_context(bound, label, hint, True)
    attrs = {"class": "", "aria-describedby": context["described_by"]}
    if accept:
        attrs["accept"] = accept
    return context | {
        "text": text or context["label"],
        "widget": bound.as_widget(widget=FileInput(attrs=bound.field.widget.attrs), attrs=attrs),
        "max_bytes": max_mb * 1024 * 1024,
        "max_mb": max_mb,
        "show_label": show_label,
    }


def _anchor(bound):
    """The id of the control that a link in the error summary leads to."""
    if bound.is_hidden:
        return ""
    return f"{bound.auto_id}_0" if isinstance(bound.field.widget, RadioSelect) else bound.id_for_label


def _form_errors(form, words="{}"):
    for message in form.non_field_errors():
        yield {"anchor": "", "message": words.format(message)}
    for name, messages in form.errors.items():
        if name in form.fields:
            for message in messages:
                yield {"anchor": _anchor(form[name]), "message": words.format(message)}


def _errors(source):
    if isinstance(source, BaseForm):
        yield from _form_errors(source)
    elif isinstance(source, BaseFormSet):
        for message in source.non_form_errors():
            yield {"anchor": "", "message": message}
        for number, form in enumerate(source.forms, start=1):
            if form not in source.deleted_forms:
                yield from _form_errors(form, _("Row %(number)s: ") % {"number": number} + "{}")
    else:
        for part in source or ():
            yield from _errors(part)


@register.inclusion_tag("components/error_summary.html")
def error_summary(*sources):
    """The list of all errors with links to their fields; forms, formsets and lists of them, in page order."""
    return {"errors": [error for source in sources for error in _errors(source)]}


def _has_errors(value):
    # Asked of the type itself: isinstance() would wake lazy values, and the CSRF token of the context, once awake, sets
    # a cookie on every open page.
    if issubclass(type(value), BaseForm):
        return value.is_bound and bool(value.errors)
    return issubclass(type(value), BaseFormSet) and value.is_bound and value.total_error_count() > 0


@register.simple_tag(takes_context=True)
def title_prefix(context):
    """「错误：」 before the title of a page that shows a form with errors."""
    if any(_has_errors(value) for value in context.flatten().values()):
        return _("Error: ")
    return ""


class Pager(NamedTuple):
    """The place of a page among the others, and the query that leads to it."""

    number: int
    pages: int
    total: int
    typed: str
    goes_on: bool = False  # there are more than were counted

    @property
    def query(self):
        return QueryDict(self.typed)

    @property
    def numbers(self):
        """The pages to which links lead, with None where some are left out."""
        pages = Paginator(range(self.pages), 1).get_elided_page_range(self.number, on_each_side=2, on_ends=1)
        return [None if page == Paginator.ELLIPSIS else page for page in pages] + [None] * self.goes_on

    @property
    def previous(self):
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self):
        return self.number + 1 if self.number < self.pages else None


@register.simple_tag(takes_context=True)
def pagination(context, page_obj):
    """Links to the other pages of a list; the rest of the query string is kept."""
    paginator, typed = page_obj.paginator, context["request"].GET.urlencode()
    goes_on = getattr(paginator, "goes_on", False)
    pager = Pager(page_obj.number, paginator.num_pages, paginator.count, typed, goes_on)
    return drawn("components/pagination.html", pager)


@register.inclusion_tag("components/empty.html")
def empty(text, icon_name="inbox", url="", action=""):
    """What a list shows that has nothing in it, and where to go from here."""
    return {"text": text, "icon_name": icon_name, "url": url, "action": action}


@register.inclusion_tag("components/file_row.html")
def file_row(name, url, size=None, note="", preview_url="", action=""):
    """One file in a <ul class="files">: name, size in bytes, preview and download."""
    return {
        "name": name,
        "url": url,
        "size": filesizeformat(size) if size is not None else "",
        "note": note,
        "preview_url": preview_url,
        "action": action or _("Download"),
    }
