"""Word forms with placeholders: which a form has, and the form filled in. The work is done in a child process."""

import json
import subprocess
import sys
import tempfile

from django.conf import settings

MAX_BYTES = 5 * 1024 * 1024  # a larger file is handed out as it is
TIMEOUT_SECONDS = 20  # twice the time of the processor that the child may take


def placeholders(file):
    """The names between {{ and }} in a Word file; None when it cannot be filled in."""
    answer = _in_child(file)
    return None if answer is None else json.loads(answer)


def filled_in(file, facts):
    """The bytes of the Word file with these facts, {placeholder: text}; None when it cannot be filled in."""
    clean = {name: "".join(c for c in text if c.isprintable()) for name, text in facts.items()}
    return _in_child(file, "--fill", given=json.dumps(clean).encode())


def _in_child(file, *options, given=b""):
    if file.size > MAX_BYTES:
        return None
    with tempfile.NamedTemporaryFile(suffix=".docx") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        file.seek(0)
        command = [sys.executable, "-m", "membership.form_filler", copy.name, *options]
        try:
            done = subprocess.run(  # noqa: S603
                command,
                input=given,
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                cwd=settings.BASE_DIR,
                env={},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    return done.stdout if done.returncode == 0 else None
