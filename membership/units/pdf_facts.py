"""Looks into a PDF in a process of its own with little memory and time: `python -m membership.units.pdf_facts FILE`."""

import json
import resource
import sys

import pikepdf

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10


def facts(path):
    """Page count and encryption; opens the file but inflates nothing."""
    try:
        with pikepdf.open(path) as pdf:
            return {"pages": len(pdf.pages), "encrypted": pdf.is_encrypted}
    except pikepdf.PasswordError:
        return {"pages": 0, "encrypted": True}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    json.dump(facts(sys.argv[1]), sys.stdout)
