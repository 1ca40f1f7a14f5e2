"""What the source may not hold: raw SQL, marked HTML, pickles, kept pages of a session, a clock without a zone."""

import ast
import re
import socket
from collections import defaultdict

import pytest
from django.conf import settings

from tests.test_architecture import ROOT, modules, name

TEMPLATES = [
    *sorted((ROOT / "templates").rglob("*.html")),
    *[path for package in ("cms", "home", "portal", "membership") for path in sorted((ROOT / package).rglob("*.html"))],
]
# Where a rule has its reason. Everything else that a rule finds is a fault.
ALLOWED = {
    "csrf_exempt": {"portal/api/problems.py", "portal/api/auth_answers.py"},  # answer 404 and nothing else
    "cursor": {
        "config/observation/probes.py",  # SELECT 1: whether the database answers
        "membership/prepared.py",  # the SQL of our own querysets, planned once
        "membership/tracking/models/deliveries.py",  # INSERT … SELECT of our own querysets
        *(
            f"config/bench/{module}.py" for module in ("indexes", "deliveries", "building")
        ),  # makes data to measure with
    },
    "SafeString": {
        "portal/kept.py",  # parts of pages as their templates have drawn them
        "home/structured.py",  # JSON for search engines, with < > & written as escapes
    },
    "subprocess": {
        *(f"membership/{module}.py" for module in ("pdf", "pdf_press", "word_forms", "spreadsheets/reading")),
        *("membership/units/uploads.py", "membership/units/actions/pages.py"),  # children with little memory and time
        *("config/processes.py", "config/management/commands/rundemo.py"),  # what `make run` starts
        "config/management/commands/translations.py",
    },
}
BANNED = {
    "extra": "x.objects.extra(where=['a'])",
    "raw": "Unit.objects.raw('SELECT 1')",
    "RawSQL": "from django.db.models.expressions import RawSQL",
    "cursor": "connection.cursor()",
    "mark_safe": "from django.utils.safestring import mark_safe",
    "SafeString": "from django.utils.safestring import SafeString",
    "csrf_exempt": "@csrf_exempt\ndef view(request): ...",
    "cache_page": "from django.views.decorators.cache import cache_page",
    "pickle": "import pickle",
    "marshal": "import marshal",
    "shelve": "import shelve",
    "yaml": "import yaml",
    "subprocess": "import subprocess",
    "system": "os.system('ls')",
    "popen": "os.popen('ls')",
    "eval": "eval('1')",
    "exec": "exec('1')",
    "utcnow": "datetime.utcnow()",
    "today": "date.today()",
    "urlopen": "urlopen('http://x')",
    "requests": "import requests",
    "xmlrpc": "import xmlrpc",
    "telnetlib": "import telnetlib",
    "RawHTMLBlock": "from wagtail.blocks import RawHTMLBlock",
    "skip_validation": "x(skip_validation=True)",
}
METHODS = {"extra", "raw", "cursor", "system", "popen", "utcnow", "today"}  # common words: only where they are called
BY_IMPORT = {"requests"}
BY_CALL = METHODS | {"eval", "exec", "urlopen"}


def found(source):
    """The banned names that this source uses."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            # ModelForm has clean methods and logging an `extra`; only a call by this name counts.
            if called in BY_CALL:
                yield called
            yield from (word.arg for word in node.keywords if word.arg in BANNED.keys() - BY_CALL - BY_IMPORT)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name.partition(".")[0] for alias in node.names] + [getattr(node, "module", "") or ""]
            yield from (each for each in names if each.partition(".")[0] in BANNED.keys() - METHODS)
        if isinstance(node, (ast.Name, ast.Attribute)):
            word = node.id if isinstance(node, ast.Name) else node.attr
            if word in BANNED.keys() - BY_CALL - BY_IMPORT:
                yield word


@pytest.fixture(scope="module")
def places():
    """{banned name: modules that use it}"""
    by_name = defaultdict(set)
    for path in modules():
        for word in found(path.read_text(encoding="utf-8")):
            by_name[word].add(name(path))
    return by_name


@pytest.mark.parametrize("banned", BANNED)
def test_source_is_free_of(banned, places):
    assert places[banned] == ALLOWED.get(banned, set())


@pytest.mark.parametrize("banned", BANNED)
def test_the_rule_would_notice(banned):
    assert banned in set(found(BANNED[banned]))


UNESCAPED = re.compile(r"\|\s*(?:safe|safeseq)\b|\{%\s*autoescape\s+off")


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_escapes_everything(path):
    assert UNESCAPED.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", ["{{ a|safe }}", "{{ a | safe }}", "{{ a|safeseq }}", "{% autoescape off %}"])
def test_the_rule_for_templates_would_notice(text):
    assert UNESCAPED.search(text)


def chosen_by_users(source):
    """Calls of order_by and filter that take their columns from a request."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"order_by", "filter", "exclude", "values"}:
            words = [ast.unparse(argument) for argument in node.args]
            words += [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg is None]
            if re.search(r"\b(?:GET|POST|cleaned_data|query_params)\b", " ".join(words)):
                yield node.lineno


def test_no_column_is_chosen_by_a_request():
    places = [f"{name(p)}:{line}" for p in modules() for line in chosen_by_users(p.read_text(encoding="utf-8"))]
    assert places == []


@pytest.mark.parametrize("text", ["q.order_by(request.GET['o'])", "q.filter(**request.GET.dict())"])
def test_the_rule_for_columns_would_notice(text):
    assert list(chosen_by_users(text))


# --- What comes from elsewhere --------------------------------------------------------------------------------------
@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_in_the_lock_has_its_hashes(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(packages) > 40
    assert [each.split()[0] for each in packages if "--hash=sha256:" not in each or "==" not in each.split()[0]] == []
    assert "--index-url" not in text


def test_the_machine_asks_nobody_by_itself():
    """Gravatar, the search for new versions and embedded pages of others would tell who works here, and with what."""
    assert settings.WAGTAIL_GRAVATAR_PROVIDER_URL is None
    assert (settings.WAGTAIL_ENABLE_UPDATE_CHECK, settings.WAGTAILEMBEDS_FINDERS) == (False, [])


@pytest.mark.parametrize("address", [("203.0.113.1", 80), ("2001:db8::1", 443)])
def test_a_connection_to_elsewhere_fails_the_test_that_makes_it(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outgoing, pytest.raises(RuntimeError, match="may not reach"):
        outgoing.connect(address)
