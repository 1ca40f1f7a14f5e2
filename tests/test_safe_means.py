"""Means that no line of ours takes: weak digests, certificates unlooked at, command lines, chance that can be foretold.

What else the source may not hold stands in test_security_rules.
"""

import ast
import re

import pytest

from tests.test_architecture import ROOT, modules, name

WEAK = {"md5", "sha1", "CERT_NONE", "_create_unverified_context"}
UNSAFE = {"shell": True, "verify": False}
NETWORK = {"requests", "httpx", "aiohttp", "urllib.request", "http.client", "socket", "smtplib", "boto3", "sentry_sdk"}
SPEAKERS = {
    "config/management/commands/rundemo.py",  # whether the port is free
    "config/observation/error_reports.py",
    "membership/messaging/gateways/sns.py",
    "membership/virus_scanner.py",
}
INVENTED = ("config/demo/", "config/bench/")  # data of a demo: the same at every run
KEPT = re.compile(r"\b(?:localStorage|sessionStorage|indexedDB|caches)\b|document\.cookie\s*=|\beval\(")


def imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def unsafe(source):
    """What a piece of Python takes that it should not."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in WEAK:
            yield node.attr
        elif isinstance(node, ast.keyword) and _is_unsafe(node):
            yield node.arg
        elif isinstance(node, ast.Call) and _runs_a_line(node):
            yield "command"


def _is_unsafe(keyword):
    return UNSAFE.get(keyword.arg) is getattr(keyword.value, "value", None) is not None


def _runs_a_line(call):
    """A program and its arguments come as a list: nothing parses a line of them."""
    is_of_subprocess = getattr(getattr(call.func, "value", None), "id", "") == "subprocess"
    return is_of_subprocess and bool(call.args) and isinstance(call.args[0], (ast.Constant, ast.JoinedStr, ast.BinOp))


def using(wanted):
    return {name(path) for path in modules() if wanted & set(imported(path.read_text(encoding="utf-8")))}


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("subprocess.run(words, shell=True)", "shell"),
        ("subprocess.run(f'cat {name}')", "command"),
        ("subprocess.Popen('cat ' + name)", "command"),
        ("hashlib.md5(data)", "md5"),
        ("hashlib.sha1(data)", "sha1"),
        ("get(url, verify=False)", "verify"),
        ("context.verify_mode = ssl.CERT_NONE", "CERT_NONE"),
    ],
)
def test_each_is_noticed(code, word):
    assert list(unsafe(code)) == [word]


def test_none_is_taken():
    assert [(name(path), word) for path in modules() for word in unsafe(path.read_text(encoding="utf-8"))] == []


def test_only_these_speak_to_other_machines():
    """Whoever adds one writes it into docs/asvs.md as well, under Connections."""
    found = using(NETWORK)
    assert "membership/messaging/gateways/sns.py" in found
    assert found <= SPEAKERS


def test_chance_that_can_be_foretold_is_for_invented_data_alone():
    found = using({"random"})
    assert found
    assert [place for place in sorted(found) if not place.startswith(INVENTED)] == []


def test_no_script_keeps_anything_in_the_browser():
    """Neither drafts nor answers lie where the next person at the machine finds them after the logout."""
    assert KEPT.search("localStorage.setItem('a', 1)")
    scripts = sorted((ROOT / "static").rglob("*.js"))
    assert len(scripts) > 8
    assert [name(path) for path in scripts if KEPT.search(path.read_text(encoding="utf-8"))] == []
