"""Sets one paper as PDF in a process of its own with little memory and time: HTML in, PDF out.

`python -m membership.pdf_press ROOT…` reads no file but those below the roots, by addresses that begin with STATIC.
"""

import mimetypes
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 20
NO_LIBRARY, NO_FONT = 3, 4  # exit codes
ORIGIN = "https://portal.invalid"  # a name that can exist nowhere (RFC 6761): nothing here is fetched from a network
STATIC = "/static/"


def own_file(address, roots):
    """The file below one of the roots that the address names; None for any other address."""
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" != ORIGIN or not parts.path.startswith(STATIC):
        return None
    for root in map(Path.resolve, map(Path, roots)):
        file = (root / unquote(parts.path.removeprefix(STATIC))).resolve()
        if file.is_relative_to(root) and file.is_file():
            return file
    return None


def fetcher(roots):
    """What WeasyPrint loads through: own files and data in the paper itself; anything else ends the work."""
    urls = import_module("weasyprint.urls")
    data = urls.URLFetcher(allowed_protocols={"data"}, allow_redirects=False)

    def fetch(address):
        if address.startswith("data:"):
            return data.fetch(address)
        file = own_file(address, roots)
        if file is None:
            raise urls.FatalURLFetchingError(f"refused: {address}")
        kind, _encoding = mimetypes.guess_type(file.name)
        return urls.URLFetcherResponse(address, file.read_bytes(), {"Content-Type": kind})

    return fetch


def library():
    """WeasyPrint, or None where one of the system's libraries is missing.

    Not imported above: the server imports this module for its constants alone, and is to stay small.
    """
    try:
        return import_module("weasyprint")
    except OSError:
        return None


def has_chinese_font():
    """Whether any font can show Chinese; where nothing can tell, there is no reason to doubt it."""
    try:
        found = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False)  # noqa: S607
    except FileNotFoundError:
        return True
    return bool(found.stdout.strip())


def main(roots):
    weasyprint = library()
    if weasyprint is None:
        return NO_LIBRARY
    if not has_chinese_font():
        return NO_FONT
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    paper = weasyprint.HTML(string=sys.stdin.buffer.read().decode(), base_url=f"{ORIGIN}/", url_fetcher=fetcher(roots))
    paper.write_pdf(sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
