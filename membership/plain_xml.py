"""XML of strangers, read without trust: no document type, no entities, nothing fetched, only texts by their tags."""

import codecs
import re
from xml.parsers import expat

MAX_BYTES = 5 * 1024 * 1024  # an invoice has a few thousand
MAX_DEPTH = 64
DECLARED = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,20})["']""")
DECLARATION = re.compile(r"^<\?xml.{0,300}?\?>", re.DOTALL)
ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}


class NotPlain(ValueError):
    """It is no well-formed XML in UTF-8 or GB18030, or it holds what nobody needs who only states facts."""


def begins(head):
    """Whether a file that begins so calls itself XML."""
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<?xml")


def texts_of(content):
    """{tag: the first text in such an element}, tags without their namespace. Raises NotPlain."""
    if len(content) > MAX_BYTES:
        raise NotPlain("too long")
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    try:
        parser.Parse(_as_text(content).encode(), True)
    except expat.ExpatError as failure:
        raise NotPlain(str(failure)) from failure
    return reader.found


def _as_text(content):
    """Decoded as it says itself, without the declaration: expat knows no GB18030."""
    content = content.removeprefix(codecs.BOM_UTF8).lstrip()
    declared = DECLARED.match(content)
    encoding = ENCODINGS.get(declared[1].decode().lower()) if declared else "utf-8"
    if encoding is None:
        raise NotPlain("encoding")
    try:
        return DECLARATION.sub("", content.decode(encoding), count=1)
    except UnicodeDecodeError as failure:
        raise NotPlain("encoding") from failure


def _refuse(*_facts):
    raise NotPlain("document type")


class _Reader:
    def __init__(self):
        self.open, self.found = [], {}

    def start(self, tag, _attributes):
        if len(self.open) >= MAX_DEPTH:
            raise NotPlain("too deep")
        self.open.append([tag.rpartition(":")[2], []])

    def text(self, part):
        self.open[-1][1].append(part)

    def end(self, _tag):
        tag, parts = self.open.pop()
        words = "".join(parts).strip()
        if words:
            self.found.setdefault(tag, words)
