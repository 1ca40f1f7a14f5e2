"""One post to a form, rolled back afterwards, and what is wrong with the answer."""

import re
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bs4 import BeautifulSoup, SoupStrainer
from django.core.cache import caches
from django.db import transaction
from django.test import Client

from membership.messaging.gateways import memory
from tests.fuzz.vectors import MISSING, text_of
from tests.membership.units.profiles import is_chinese

TOLD = "#error-summary, .field__error, .error-message, .errorlist, .help-critical, .banner"
BY_DEFAULT = 200  # characters, where the page does not say how many a field takes
ERRORS = {"error-summary", "field__error", "error-message", "errorlist", "help-critical", "banner"}
UPLOADED = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOT_TEXT = {"hidden", "password", "file", "submit", "button"}
MARKUP = re.compile(r"<[a-z].{6,}", re.IGNORECASE | re.DOTALL)
SEE_OTHER = (301, 302, 303)
TYPE = "application/x-www-form-urlencoded"


@dataclass
class Form:
    """A form of the product: where it is posted, what goes through, and which of its fields are typed into."""

    client: Client
    url: str
    sound: dict
    texts: list
    unseen: set = field(default_factory=set)  # never shown again: passwords, and the captcha, which is another one then
    send: Callable | None = None  # instead of a post of the fields: `send(client, data)`
    lost: Callable | None = None  # what else is not kept: `lost(data)` in words, asked before the post is rolled back
    page: str = ""  # where the form is shown, if that is not where it is posted

    def __post_init__(self):
        shown = BeautifulSoup(self.client.get(self.page or self.url).content, "html.parser", parse_only=_OfInterest())
        lengths = {control.get("name"): control.get("maxlength") for control in shown.find_all(["input", "textarea"])}
        self.longest = {name: int(lengths.get(name) or BY_DEFAULT) for name in self.texts}


@dataclass
class Tally:
    """Posts of a form and what was wrong with the answers."""

    posts: int = 0
    refused: int = 0
    faults: Counter = field(default_factory=Counter)
    examples: list = field(default_factory=list)

    def add(self, form, name, vector):
        """Post the form with this in one field; returns the status of the answer, 500 when there was none."""
        status, faults = post(form, name, vector)
        self.posts += 1
        self.refused += status not in SEE_OTHER
        for kind, words in faults:
            self.faults[kind] += 1
            self.examples.append(f"{kind}: {form.url} {name}={vector!r:.60} {words}")
        return status


def post(form, name, vector):
    """Post the form with this in one field, and take all of it back; (status, [(kind of fault, words)])."""
    texts = form.sound | {name: text_of(vector, form.longest[name])}
    data = {key: text for key, text in texts.items() if text is not MISSING}
    browser = Client()
    browser.cookies = form.client.cookies.copy()
    for cache in ("default", "limits"):
        caches[cache].clear()
    memory.outbox.clear()
    try:
        with transaction.atomic():
            answer = _answer(form, browser, data)
            lost = form.lost(data) if form.lost else []
            transaction.set_rollback(True)
    except Exception:
        return 500, [("server errors", traceback.format_exc(limit=-3))]
    typed = {key: as_read(text) for key, text in data.items() if key not in form.unseen}
    return answer.status_code, [*faults_of(answer, typed), *(("lost values", words) for words in lost)]


def _answer(form, browser, data):
    """The answer to the post, or to the page that it leads to when that one fails."""
    if form.send:
        answer = form.send(browser, data)
    else:
        answer = browser.post(form.url, urlencode(data, doseq=True, errors="surrogatepass"), content_type=TYPE)
    after = browser.get(answer["Location"]) if answer.status_code in SEE_OTHER else answer
    return after if after.status_code >= 500 else answer


def as_read(value):
    """What a server reads of it: the last of several, half characters replaced, line ends of one kind."""
    last = value[-1] if isinstance(value, list) else value
    text = str(last).encode(errors="surrogatepass").decode(errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def faults_of(answer, typed):
    """[(kind of fault, what one needs to know)] of an answer."""
    if answer.status_code >= 500:
        return [("server errors", str(answer.status_code))]
    if answer.status_code in SEE_OTHER:
        return []
    return list(faults_of_page(answer.content.decode(), typed))


def faults_of_page(page, typed):
    """What is wrong with the page of a form that came back: typed values that are gone, English words, raw markup."""
    shown = BeautifulSoup(page, "html.parser", parse_only=_OfInterest())
    texts, choices = controls_of(shown)
    for name, text in typed.items():
        if is_lost(name, text, texts, choices):
            yield "lost values", f"{name}: {text!r:.60} is shown as {texts.get(name, choices.get(name))!r:.120}"
    told = [node.get_text(" ", strip=True) for node in shown.select(TOLD)]
    for words in told:
        if words and not is_chinese(words):
            yield "English words", words[:100]
    if not told:
        yield "no words", page[:200]
    for text in typed.values():
        if (found := MARKUP.search(text)) and found[0] in page:
            yield "raw markup", found[0]


class _OfInterest(SoupStrainer):
    """Of a page only controls and what is said of errors: the rest takes most of the time of parsing."""

    def allow_tag_creation(self, nsprefix, name, attrs):
        classes = (attrs or {}).get("class") or ""
        classes = classes.split() if isinstance(classes, str) else classes
        return name in {"input", "textarea", "select"} or bool(ERRORS & {*classes, (attrs or {}).get("id")})

    def allow_string_creation(self, string):
        return False


def controls_of(shown):
    """({name: texts in its text controls}, {name: {choice: whether it is chosen}}) of a page.

    Of hidden controls those count that name a file which was uploaded before.
    """
    texts, choices = {}, {}
    for control in shown.find_all(["input", "textarea", "select"]):
        name, kind = control.get("name"), control.get("type", "text")
        if control.name == "select":
            offered = {choice.get("value", choice.text): choice.has_attr("selected") for choice in control("option")}
            choices.setdefault(name, {}).update(offered)
        elif kind in {"radio", "checkbox"}:
            choices.setdefault(name, {})[control.get("value", "on")] = control.has_attr("checked")
        elif control.name == "textarea":
            texts.setdefault(name, []).append(as_read(control.get_text().removeprefix("\n")))
        elif kind not in NOT_TEXT or UPLOADED.fullmatch(control.get("value", "")):
            texts.setdefault(name, []).append(as_read(control.get("value", "")))
    return texts, choices


def is_lost(name, text, texts, choices):
    """Whether what was typed, chosen or uploaded is not on the page, which has a place for it."""
    if UPLOADED.fullmatch(text):
        return text not in texts.get(name, [])
    if name in choices:
        return bool(text) and choices[name].get(text) is False
    return name in texts and text not in texts[name]
