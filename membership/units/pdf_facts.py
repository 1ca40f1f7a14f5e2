"""Looks into a PDF in a process of its own with little memory and time: `python -m membership.units.pdf_facts FILE`."""

import json
import os
import resource
import sys

import pikepdf

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
END_WITHIN = 1024  # bytes from the end, as readers look for the mark


def facts(path):
    """Page count (0 when the end of the file is missing) and encryption; opens the file but inflates nothing."""
    with open(path, "rb") as file:
        file.seek(max(os.path.getsize(path) - END_WITHIN, 0))
        if b"%%EOF" not in file.read():
            return {"pages": 0, "encrypted": False}
    try:
        with pikepdf.open(path) as pdf:
            return {"pages": len(pdf.pages), "encrypted": pdf.is_encrypted}
    except pikepdf.PasswordError:
        return {"pages": 0, "encrypted": True}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    json.dump(facts(sys.argv[1]), sys.stdout)
