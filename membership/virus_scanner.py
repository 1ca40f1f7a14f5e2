"""Asks the ClamAV daemon about a file before it is stored (CLAMD_ADDRESS); where none is set, nothing is asked."""

import socket
import struct

from django.conf import settings

CONNECT_SECONDS, ANSWER_SECONDS = 3, 30
CHUNK = 64 * 1024


class Unavailable(Exception):
    """No verdict: the daemon cannot be reached, does not answer in time, or answers what is neither yes nor no."""


def virus_in(upload):
    """The name of what the daemon finds in this Django File, or "" if it finds nothing. Raises Unavailable.

    The file is sent over the connection (INSTREAM), so the daemon may run on another machine and reads no disk of ours.
    """
    if not settings.CLAMD_ADDRESS:
        return ""
    upload.seek(0)
    try:
        with _connected(settings.CLAMD_ADDRESS) as connection:
            connection.sendall(b"zINSTREAM\0")
            for chunk in upload.chunks(CHUNK):
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
            answer = _answer(connection)
    except OSError as failure:
        raise Unavailable(str(failure)) from failure
    finally:
        upload.seek(0)
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise Unavailable(answer)


def _connected(address):
    """`unix:/run/clamav/clamd.ctl` or `127.0.0.1:3310`."""
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.connect(address.removeprefix("unix:"))
        except OSError:
            connection.close()
            raise
        return connection
    host, port = address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS)
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _answer(connection):
    told = b""
    while not told.endswith(b"\0"):
        part = connection.recv(1024)
        if not part or len(told) > 1024:
            break
        told += part
    return told.rstrip(b"\0\n").decode(errors="replace")
