"""What no line of ours does: run text as code or as a command, write SQL of texts, trust what is unsafe."""

import ast
import re

import pytest
from django.conf import settings

ROOMS = ("config", "membership", "cms", "home", "portal")
SOURCES = [path for room in ROOMS for path in sorted((settings.BASE_DIR / room).rglob("*.py"))]
OURS = [path for path in SOURCES if "migrations" not in path.parts]
BARE = {"eval", "exec", "compile", "__import__", "mark_safe", "RawSQL", "csrf_exempt"}
ATTRIBUTES = {
    *("system", "popen", "raw", "extra", "md5", "sha1", "CERT_NONE", "_create_unverified_context"),
    *("mark_safe", "RawSQL", "csrf_exempt"),
}
UNSAFE = {"shell": True, "verify": False}
MODULES = {"pickle", "marshal", "shelve", "yaml", "telnetlib", "ftplib", "xml.sax", "xml.dom.minidom"}
NETWORK = {"requests", "httpx", "aiohttp", "urllib.request", "http.client", "socket", "smtplib", "boto3", "sentry_sdk"}
# Handlers of addresses that are not there: they answer 404 and do nothing.
KNOWN = {("portal/api/problems.py", "csrf_exempt"), ("portal/api/auth_answers.py", "csrf_exempt")}
SPEAKERS = {
    "config/management/commands/rundemo.py",  # whether the port is free
    "config/observation/error_reports.py",
    "membership/messaging/gateways/sns.py",
    "membership/virus_scanner.py",
}
DEMO = ("config/demo/", "config/bench/")  # invented data: the same at every run


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dangers(source):
    """Names of what a piece of Python does that it should not."""
    tree = ast.parse(source)
    found = [name for name in imported(tree) if name in MODULES]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in BARE:
            found.append(node.id)
        elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES and _is_of_a_module(node):
            found.append(node.attr)
        elif isinstance(node, ast.keyword) and _is_unsafe(node):
            found.append(node.arg)
        elif isinstance(node, ast.Call) and _runs_a_text(node):
            found.append("command")
    return found


def _is_of_a_module(node):
    """`system` and `popen` of os alone; of the other names the word says enough."""
    return node.attr not in {"system", "popen"} or (isinstance(node.value, ast.Name) and node.value.id == "os")


def _is_unsafe(keyword):
    return UNSAFE.get(keyword.arg) is getattr(keyword.value, "value", None) is not None


def _runs_a_text(call):
    """A program and its arguments come as a list: nothing parses a line of them."""
    name = getattr(call.func, "attr", "")
    of_subprocess = isinstance(getattr(call.func, "value", None), ast.Name) and call.func.value.id == "subprocess"
    is_text = call.args and isinstance(call.args[0], (ast.Constant, ast.JoinedStr, ast.BinOp))
    return of_subprocess and name in {"run", "Popen", "call", "check_call", "check_output"} and bool(is_text)


def place(path):
    return path.relative_to(settings.BASE_DIR).as_posix()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("eval(text)", "eval"),
        ("exec(text)", "exec"),
        ("os.system(line)", "system"),
        ("subprocess.run(words, shell=True)", "shell"),
        ("subprocess.run(f'cat {name}')", "command"),
        ("import pickle", "pickle"),
        ("from yaml import load", "yaml"),
        ("Unit.objects.raw(sql)", "raw"),
        ("units.extra(where=[sql])", "extra"),
        ("RawSQL(sql, [])", "RawSQL"),
        ("mark_safe(name)", "mark_safe"),
        ("hashlib.md5(data)", "md5"),
        ("hashlib.sha1(data)", "sha1"),
        ("get(url, verify=False)", "verify"),
        ("context.verify_mode = ssl.CERT_NONE", "CERT_NONE"),
        ("@csrf_exempt\ndef view(request): ...", "csrf_exempt"),
    ],
)
def test_each_is_found(code, name):
    assert dangers(code) == [name]


def test_none_is_there():
    found = {(place(path), name) for path in OURS for name in dangers(path.read_text(encoding="utf-8"))}
    assert found == KNOWN


def test_only_these_speak_to_other_machines():
    """Whoever adds one writes it into docs/security.md as well."""
    found = {place(path) for path in OURS if NETWORK & set(imported(ast.parse(path.read_text(encoding="utf-8"))))}
    assert "membership/messaging/gateways/sns.py" in found
    assert found <= SPEAKERS


def test_chance_that_can_be_foretold_is_for_invented_data_alone():
    found = {place(path) for path in OURS if "random" in imported(ast.parse(path.read_text(encoding="utf-8")))}
    assert found
    assert [path for path in sorted(found) if not path.startswith(DEMO)] == []


def test_no_template_trusts_a_value():
    pattern = re.compile(r"\|\s*safe(?:seq)?\b|autoescape\s+off")
    assert pattern.search("{{ name|safe }}")
    templates = [path for path in settings.BASE_DIR.glob("*/**/*.html") if ".venv" not in path.parts]
    assert len(templates) > 100
    assert [place(path) for path in templates if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_no_script_keeps_anything_in_the_browser():
    """Neither drafts nor answers lie where the next person at the machine finds them after the logout."""
    pattern = re.compile(
        r"\b(?:localStorage|sessionStorage|indexedDB|caches)\b|document\.cookie\s*=|\bwith\s*\(|\beval\("
    )
    assert pattern.search("localStorage.setItem('a', 1)")
    scripts = sorted((settings.BASE_DIR / "static").rglob("*.js"))
    assert len(scripts) > 8
    assert [place(path) for path in scripts if pattern.search(path.read_text(encoding="utf-8"))] == []
