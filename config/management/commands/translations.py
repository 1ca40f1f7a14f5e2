"""Strings of the sources and their Chinese: collects and compiles them; `--check` says what is missing."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import BaseCommand, CommandError

LANGUAGE = "zh_Hans"
PO = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
# Chinese for what Wagtail leaves in English: its strings are not ours to collect, so these are written by hand.
WAGTAIL = Path("locale") / "wagtail" / LANGUAGE / "LC_MESSAGES"
WAGTAIL_POS = [WAGTAIL / "django.po", WAGTAIL / "djangojs.po"]
COLLECT = [
    "makemessages",
    "--locale",
    LANGUAGE,
    "--no-location",
    "--no-wrap",
    "--no-obsolete",
    "--ignore",
    "tests",
]
# What makemessages reads; copied for a check, so that checking never writes into the tree.
SOURCES = ["manage.py", "config", "membership", "cms", "home", "portal", "templates", "locale"]


class Command(BaseCommand):
    help = "Collect the strings of the sources into locale/ and compile them; with --check, change nothing."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--check",
            action="store_true",
            help="Fail when a string lacks its translation or files are out of step.",
        )

    def handle(self, *, check, **options):
        root = Path(settings.BASE_DIR)
        if check:
            self._check(root)
        else:
            self._collect_and_compile(root)

    def _collect_and_compile(self, root):
        if not shutil.which("xgettext"):
            raise CommandError("gettext is needed to collect strings: install it (Debian: apt-get install gettext).")
        collect(root)
        for po in filter(Path.exists, (root / po for po in (PO, *WAGTAIL_POS))):
            catalog = load_po(po)
            with po.with_suffix(".mo").open("wb") as file:
                write_mo(file, catalog)
            for fault in faults_in(catalog):
                self.stdout.write(fault)

    def _check(self, root):
        catalog = load_po(root / PO)
        faults = [*faults_in(catalog), *faults_of_compiled(catalog, (root / PO).with_suffix(".mo"))]
        for po in filter(Path.exists, (root / po for po in WAGTAIL_POS)):
            words = load_po(po)
            faults += [*faults_in(words), *faults_of_compiled(words, po.with_suffix(".mo"))]
        if shutil.which("xgettext"):
            faults += faults_against_sources(catalog, collected_from(root))
        else:
            self.stdout.write("gettext is not installed: strings missing from locale/ were not looked for.")
        if faults:
            raise CommandError(
                "\n".join([*faults, f"{len(faults)} to mend in {PO} (make messages collects and compiles)."])
            )
        self.stdout.write(f"{len(catalog)} strings, all translated.")


def collect(root):
    """Run makemessages on the tree at `root`, whose own settings name its locale directory."""
    subprocess.run(  # noqa: S603  our own manage.py
        [sys.executable, "manage.py", *COLLECT], cwd=root, check=True, stdout=subprocess.DEVNULL
    )


def load_po(path):
    with path.open("rb") as file:
        catalog = read_po(file, locale=LANGUAGE, domain="django")
    # makemessages leaves the header "Language" empty, which takes the locale away again, and with it the plural forms.
    catalog.locale = LANGUAGE
    return catalog


def by_key(catalog):
    """Live messages by (context, English)."""
    return {(context_of(message), singular(message)): message for message in catalog if message.id}


def context_of(message):
    """The context as text: Babel leaves it as bytes in what it reads from a compiled file."""
    return message.context.decode() if isinstance(message.context, bytes) else message.context


def singular(message):
    return message.id[0] if message.pluralizable else message.id


def forms_of(message):
    """The words of a message, one for each grammatical number; Babel reads them as lists here and tuples there."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def faults_in(catalog):
    """Sentences about strings without a translation, doubtful ones, and placeholders that differ."""
    for message in by_key(catalog).values():
        words = message.string if message.pluralizable else [message.string]
        if message.fuzzy:
            yield f"doubtful (fuzzy): {singular(message)!r}"
        elif not words or not all(words):
            yield f"not translated: {singular(message)!r}"
        else:
            yield from (f"{error}: {singular(message)!r}" for error in message.check(catalog))


def faults_of_compiled(catalog, path):
    """Sentences about strings whose compiled words differ from the .po."""
    if not path.exists():
        return [f"not compiled: {path.name} is missing"]
    with path.open("rb") as file:
        compiled = {key: forms_of(message) for key, message in by_key(read_mo(file)).items()}
    written = {
        key: forms_of(message) for key, message in by_key(catalog).items() if message.string and not message.fuzzy
    }
    differing = [key for key in {**compiled, **written} if compiled.get(key) != written.get(key)]
    return [f"compiled file is out of step: {english!r}" for _, english in differing]


def collected_from(root):
    """The strings that the sources at `root` have today."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        for name in SOURCES:
            source = root / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
            else:
                shutil.copy(source, copy / name)
        collect(copy)
        return load_po(copy / PO)


def faults_against_sources(catalog, sources):
    """Sentences about strings that the sources have and the .po lacks, and the other way round."""
    written, used = by_key(catalog), by_key(sources)
    return [
        *(f"in the sources, not in {PO.name}: {english!r}" for _, english in used.keys() - written.keys()),
        *(f"in {PO.name}, not in the sources: {english!r}" for _, english in written.keys() - used.keys()),
    ]
