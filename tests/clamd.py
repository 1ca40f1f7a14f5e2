"""A daemon of the tests that speaks ClamAV's protocol (INSTREAM) and knows one virus, which is none."""

import socketserver
import struct
import threading
from contextlib import contextmanager

from tests.files import pdf_bytes, upload

# In two parts, so that no scanner of a developer's machine takes this file away.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS" + rb"-TEST-FILE!$H+H*"


class Daemon(socketserver.ThreadingTCPServer):
    """Finds EICAR and nothing else; `says` makes it say something else, `received` is what it was sent."""

    allow_reuse_address = daemon_threads = True
    says, received = None, b""


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.received = content
        verdict = b"stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"stream: OK"
        self.wfile.write((verdict if self.server.says is None else self.server.says) + b"\0")


class LocalDaemon(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    says, received = None, b""


@contextmanager
def listening(kind=Daemon, where=("127.0.0.1", 0)):
    with kind(where, Conversation) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def infected(name="营业执照.pdf"):
    return upload(name, pdf_bytes().replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF"))
