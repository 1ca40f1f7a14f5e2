"""The check of translations finds what is missing, doubtful or out of step."""

from gettext import GNUTranslations

import pytest
from babel.messages.mofile import write_mo
from django.core.management import CommandError, call_command

from config.management.commands.translations import (
    PO,
    faults_against_sources,
    faults_in,
    faults_of_compiled,
    load_po,
)

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
GOOD = """#, python-format
msgid "%(count)s units"
msgstr "%(count)s 家单位"

msgid "Open"
msgstr "打开"
"""


@pytest.fixture
def catalog_of(tmp_path):
    def load(text, language=None):
        path = tmp_path / "django.po"
        header = HEADER if language is None else HEADER.rstrip("\n") + f'\n"Language: {language}\\n"\n\n'
        path.write_text(header + text, encoding="utf-8")
        return load_po(path)

    return load


def compiled(catalog, path):
    with path.open("wb") as file:
        write_mo(file, catalog)
    return path


def test_complete_catalog_has_no_faults(catalog_of, tmp_path):
    catalog = catalog_of(GOOD)
    assert list(faults_in(catalog)) == []
    assert faults_of_compiled(catalog, compiled(catalog, tmp_path / "django.mo")) == []


def test_compiled_chinese_has_one_form_for_any_number(catalog_of, tmp_path):
    text = 'msgid "%(n)s person"\nmsgid_plural "%(n)s people"\nmsgstr[0] "%(n)s 人"\n'
    catalog = catalog_of("#, python-format\n" + text, language="")
    assert faults_of_compiled(catalog, compiled(catalog, tmp_path / "django.mo")) == []
    with (tmp_path / "django.mo").open("rb") as file:
        chinese = GNUTranslations(file)
    assert [chinese.ngettext("%(n)s person", "%(n)s people", n) for n in (1, 2)] == ["%(n)s 人"] * 2


def test_compiled_string_with_a_context_is_in_step(catalog_of, tmp_path):
    catalog = catalog_of(GOOD + '\nmsgctxt "answer"\nmsgid "Open"\nmsgstr "查看"\n')
    assert faults_of_compiled(catalog, compiled(catalog, tmp_path / "django.mo")) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('msgid "Open"\nmsgstr ""\n', "not translated: 'Open'"),
        ('#, fuzzy\nmsgid "Open"\nmsgstr "打开"\n', "doubtful (fuzzy): 'Open'"),
        ('msgid "Unit"\nmsgid_plural "Units"\nmsgstr[0] ""\n', "not translated: 'Unit'"),
    ],
)
def test_incomplete_string_is_named(catalog_of, text, fault):
    assert list(faults_in(catalog_of(text))) == [fault]


def test_placeholder_that_differs_is_named(catalog_of):
    faults = list(faults_in(catalog_of('#, python-format\nmsgid "%(count)s units"\nmsgstr "%(number)s 家"\n')))
    assert [fault.endswith(": '%(count)s units'") for fault in faults] == [True]


def test_compiled_file_out_of_step_is_named(catalog_of, tmp_path):
    path = compiled(catalog_of(GOOD), tmp_path / "django.mo")
    changed = catalog_of(GOOD.replace("打开", "开启"))
    assert faults_of_compiled(changed, path) == ["compiled file is out of step: 'Open'"]
    shortened = catalog_of(GOOD.partition('msgid "Open"')[0])
    assert faults_of_compiled(shortened, path) == ["compiled file is out of step: 'Open'"]


def test_missing_compiled_file_is_named(catalog_of, tmp_path):
    assert faults_of_compiled(catalog_of(GOOD), tmp_path / "none.mo") == ["not compiled: none.mo is missing"]


@pytest.fixture
def tree(tmp_path, settings, monkeypatch):
    """A project whose only string is translated and compiled, on a machine without gettext."""
    settings.BASE_DIR = tmp_path
    po = tmp_path / PO
    po.parent.mkdir(parents=True)
    po.write_text(HEADER + GOOD, encoding="utf-8")
    compiled(load_po(po), po.with_suffix(".mo"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_check_without_gettext_says_what_it_did_not_look_for(tree, capsys):
    call_command("translations", check=True)
    assert capsys.readouterr().out.splitlines() == [
        "gettext is not installed: strings missing from locale/ were not looked for.",
        "2 strings, all translated.",
    ]


def test_check_fails_with_every_fault(tree):
    (tree / PO).write_text(HEADER + GOOD.replace('"打开"', '""'), encoding="utf-8")
    with pytest.raises(CommandError) as failure:
        call_command("translations", check=True)
    assert str(failure.value).splitlines()[:2] == [
        "not translated: 'Open'",
        "compiled file is out of step: 'Open'",
    ]


def test_collecting_without_gettext_is_refused_in_words(tree):
    with pytest.raises(CommandError, match="gettext is needed"):
        call_command("translations")


def test_sources_and_catalog_are_compared_both_ways(catalog_of):
    written = catalog_of('msgid "Kept"\nmsgstr "保留"\n\nmsgid "Dropped"\nmsgstr "删去"\n')
    used = catalog_of('msgid "Kept"\nmsgstr ""\n\nmsgid "Added"\nmsgstr ""\n')
    assert faults_against_sources(written, used) == [
        "in the sources, not in django.po: 'Added'",
        "in django.po, not in the sources: 'Dropped'",
    ]
