"""What the statements of a page take by pgbench with two clients, away from the page: told beside what it waits."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.db import connection

CLIENTS = 2
# A statement that the product prepares is prepared here as well; the others go as they are.
MODES = {"simple": False, "prepared": True}


def latency(pages, seconds):
    """Milliseconds of all statements of a page: the mean of these (browser, path), each asked before."""
    if not shutil.which("pgbench"):
        raise SystemExit("pgbench is needed to measure: install it (Debian: apt-get install postgresql-client).")
    asked = [_statements(*page) for page in pages]
    return sum(
        _run(mode, [[sql for sql, known in each if known == is_prepared] for each in asked], seconds)
        for mode, is_prepared in MODES.items()
    )


def _statements(browser, path):
    """[(SQL, whether the product prepares it)] of the page, as PostgreSQL gets them."""
    browser.get(path)  # whatever is read anew from time to time is read now
    sent = _sent(browser, path)
    pooled = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS", False)
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = True  # as behind a pool: nothing is prepared
    try:
        plain = _sent(browser, path)
    finally:
        connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = pooled
    return [(sql, known.startswith("EXECUTE ")) for sql, known in zip(plain, sent, strict=True)]


def _sent(browser, path):
    sent = []

    def note(execute, sql, params, many, context):
        sent.append(context["cursor"].mogrify(sql, params).decode())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        browser.get(path)
    return sent


def _run(mode, scripts, seconds):
    """The mean of these lists of statements, in turn by chance."""
    with tempfile.TemporaryDirectory() as directory:
        command = ["pgbench", "--no-vacuum", f"--client={CLIENTS}", f"--time={seconds}", f"--protocol={mode}"]
        for number, script in enumerate(filter(None, scripts)):
            path = Path(directory) / f"{number}.sql"
            path.write_text("".join(f"{' '.join(sql.split())};\n" for sql in script), encoding="utf-8")
            command.append(f"--file={path}")
        if len(command) == 5:
            return 0
        told = subprocess.run([*command, *_server()], check=True, capture_output=True, text=True).stdout
    return float(re.search(r"^latency average = ([\d.]+) ms$", told, re.MULTILINE)[1])


def _server():
    told = connection.settings_dict
    options = {"--host": told["HOST"], "--port": told["PORT"], "--username": told["USER"]}
    return [*(f"{name}={value}" for name, value in options.items() if value), told["NAME"]]
