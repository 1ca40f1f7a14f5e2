"""The look keeps its promises: contrast, old browsers, no inline code, error pages without a database."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from portal.shell import TAGS

CSS = (settings.BASE_DIR / "static" / "portal.css").read_text(encoding="utf-8")
TOKENS = dict(re.findall(r"(--c-[\w-]+):\s*(#[0-9a-f]{6})", CSS))
TAG_RULES = dict(re.findall(r"\.tag-(\w+) \{ background: var\((--c-[\w-]+)\)", CSS))
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))

ON_SURFACES = [
    "--c-text",
    "--c-text-2",
    "--c-text-3",
    "--c-primary",
    "--c-primary-hover",
    "--c-danger",
    "--c-warn",
    "--c-ok",
]
PAIRS = [
    *[(ink, paper) for ink in ON_SURFACES for paper in ("--c-surface", "--c-bg")],
    *[(f"--c-{name}", f"--c-{name}-tint") for name in ("primary", "danger", "warn", "ok", "info", "purple", "muted")],
    *[("--c-text", f"--c-{name}-tint") for name in ("primary", "danger", "warn", "ok", "info")],
    *[("--c-surface", name) for name in ("--c-primary", "--c-primary-hover", "--c-danger", "--c-ok", "--c-sider")],
    ("--c-text-2", "--c-border"),
    ("--c-primary-hover", "--c-primary-tint"),
    ("--c-sider-text", "--c-sider"),
    ("--c-sider-muted", "--c-sider"),
]


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """The ratio of WCAG 2: 1 to 21."""
    light, dark = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert (luminance("#ffffff") + 0.05) / (luminance("#000000") + 0.05) == pytest.approx(21)


@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_text_reaches_4_5(ink, paper):
    assert contrast(ink, paper) >= 4.5


@pytest.mark.parametrize(
    ("line", "paper"),
    [("--c-border-strong", "--c-surface"), ("--c-border-strong", "--c-bg"), ("--c-sider-focus", "--c-sider")],
)
def test_edges_of_controls_and_focus_reach_3(line, paper):
    assert contrast(line, paper) >= 3


def test_every_mark_of_state_has_a_class():
    assert {name: f"--c-{name}-tint" for name in TAG_RULES} == TAG_RULES
    assert set(TAG_RULES) == {"primary", "danger", "warn", "ok", "info", "purple", "muted"}
    assert set(TAGS.values()) <= set(TAG_RULES)


@pytest.mark.parametrize(
    "feature", [":has(", ":is(", ":where(", "color-mix(", "@container", "@layer", "inset:", "aspect-ratio", "clamp("]
)
def test_stylesheet_needs_no_new_browser(feature):
    assert feature not in CSS


def test_flex_rows_use_margins_not_gap():
    assert re.findall(r"(?<![\w-])(?:row-|column-)?gap\s*:", CSS) == []


def test_stylesheet_loads_nothing_from_elsewhere():
    assert re.findall(r"@import|url\(", CSS) == []


def test_script_stays_small_and_plain():
    script = (settings.BASE_DIR / "static" / "portal.js").read_bytes()
    assert len(script) <= 8 * 1024
    assert re.findall(rb"\beval\(|new Function|document\.write|https?://", script) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_template_has_no_inline_code_and_no_foreign_address(path: Path):
    markup = re.sub(r"{%.*?%}", "", path.read_text(encoding="utf-8"))
    script = r"<script(?![^>]*\s(?:src=|type=\"application/json\"))"  # data for a script is no code
    assert re.findall(rf"<style|\sstyle=|\son[a-z]+=|{script}|javascript:", markup) == []
    assert set(re.findall(r"https?://[^/\"' ]+", markup)) <= {"https://beian.miit.gov.cn"}


ERRORS = {
    "400.html": ("400", "请求内容有误"),
    "403.html": ("403", "您没有查看此页的权限"),
    "403_csrf.html": ("403", "页面已过期"),
    "404.html": ("404", "找不到此页面"),
    "429.html": ("429", "操作过于频繁"),
    "500.html": ("500", "服务出现故障"),
    "503.html": ("503", "暂时无法访问"),
    "busy.html": ("503", "他人正在处理"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_error_page_needs_neither_request_nor_database(name):
    code, heading = ERRORS[name]
    with translation.override("zh-hans"):
        page = get_template(name).render()
    assert re.search(r"<h1>(.*?)</h1>", page).group(1) == heading
    assert re.search(r"error-page__code\">(.*?)</p>", page).group(1) == f"错误 {code}"
    assert re.search(r"<html lang=\"(.*?)\"", page).group(1) == "zh-CN"


def test_error_page_in_english():
    with translation.override("en"):
        page = get_template("404.html").render()
    assert re.search(r"<h1>(.*?)</h1>", page).group(1) == "Page not found"
    assert re.findall(r"[\u4e00-\u9fff]", page) == []
