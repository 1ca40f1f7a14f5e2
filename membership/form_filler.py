"""Fills in a Word form in a process of its own with little memory and time and no secrets around it.

`python -m membership.form_filler FILE` says in JSON which placeholders the form has, after trying them all;
with `--fill` it reads {placeholder: text} in JSON and writes the form that they make. A form that is none ends it.
"""

import json
import resource
import sys
from io import BytesIO

from docxtpl import DocxTemplate
from jinja2 import ChainableUndefined
from jinja2.sandbox import SandboxedEnvironment

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
BLANK = "________"  # to be filled in by hand


class Blank(ChainableUndefined):
    """What nobody knows."""

    def __str__(self):
        return BLANK


def sandbox():
    """Placeholders and nothing else: no functions, no way to objects of Python; every text stays text."""
    environment = SandboxedEnvironment(autoescape=True, undefined=Blank)
    environment.globals.clear()
    return environment


def placeholders(path):
    """The names in the form, sorted."""
    return sorted(DocxTemplate(path).get_undeclared_template_variables(sandbox()))


def fill(path, facts):
    """The form as DOCX with these facts; what is unknown or empty is left open."""
    form, made = DocxTemplate(path), BytesIO()
    form.render({name: text for name, text in facts.items() if text}, sandbox(), autoescape=True)
    form.save(made)
    return made.getvalue()


def main(path, *options):
    if "--fill" in options:
        sys.stdout.buffer.write(fill(path, json.loads(sys.stdin.buffer.read())))
        return
    names = placeholders(path)
    fill(path, {})
    json.dump(names, sys.stdout)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    main(*sys.argv[1:])
