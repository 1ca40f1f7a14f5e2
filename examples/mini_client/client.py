"""How a program talks to 会员之家: a session token, JSON, files, one key for each thing to be done."""

import json
import uuid
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import quote, urlencode, urlsplit

AUTH, MEMBER = "/api/auth/app/v1/", "/api/member/v1/"
SECONDS = 60


class Refused(Exception):
    """The portal said no. Branch on `code`; `str()` is a sentence for the person, `errors` {field: sentence}."""

    def __init__(self, status, body):
        self.status, self.body = status, body
        told = body.get("errors") or []
        self.code = body.get("code") or next((error.get("code") for error in told), "")
        self.errors = {error.get("field") or error.get("param") or "": error["message"] for error in told}
        super().__init__(body.get("detail") or "; ".join(self.errors.values()) or f"HTTP {status}")


class Portal:
    """One person's session with the portal at `base`, such as http://127.0.0.1:8000."""

    def __init__(self, base, language="zh-hans"):
        address = urlsplit(base)
        self.connect = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self.host, self.language = address.netloc, language
        self.token = None
        self.seen = {}  # {address: (tag, what was read)}

    def auth(self, method, path, body=None, *, ok=()):
        """A step of signing up or in. `ok` are statuses that lead on as well: 401 names the step that waits."""
        headers = {"X-Session-Token": self.token} if self.token else {}
        status, _headers, content = self._send(method, AUTH + path, _json(body), headers)
        told = json.loads(content)
        self.token = told.get("meta", {}).get("session_token") or self.token
        if status >= 400 and status not in ok:
            raise Refused(status, told)
        return told

    def get(self, path, **query):
        """What stands at `path`; what has not changed since the last time is not sent again."""
        address = MEMBER + path + (f"?{urlencode(query)}" if query else "")
        tag, known = self.seen.get(address, (None, None))
        status, headers, content = self._ask("GET", address, b"", {"If-None-Match": tag} if tag else {})
        if status == 304:
            return known
        found = json.loads(content)
        self.seen[address] = (headers["ETag"], found)
        return found

    def every(self, path, **query):
        """All rows of a list, page after page."""
        cursor = {}
        while True:
            page = self.get(path, **query, **cursor)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    def write(self, method, path, body=None, *, key=None):
        """Do something once. Who does not know whether it arrived sends it again with the same `key`."""
        headers = {"Idempotency-Key": key or new_key()}
        _status, _headers, content = self._ask(method, MEMBER + path, _json(body), headers)
        return json.loads(content) if content else None

    def upload(self, path, name, content, media_type="application/pdf"):
        """Send a file; it is judged by its content."""
        boundary = uuid.uuid4().hex
        part = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {media_type}'
        data = f"--{boundary}\r\n{part}\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": new_key()}
        _status, _headers, content = self._ask("POST", MEMBER + path, data, headers)
        return json.loads(content)

    def download(self, address):
        """The content of a file at a `url` that the portal has named."""
        _status, _headers, content = self._ask("GET", address, b"", {})
        return content

    def _ask(self, method, address, data, headers):
        status, answered, content = self._send(method, address, data, headers | {"X-Session-Token": self.token or ""})
        if status >= 400:
            raise Refused(status, json.loads(content))
        return status, answered, content

    def _send(self, method, address, data, headers):
        usual = {"Accept-Language": self.language}
        if data and "Content-Type" not in headers:
            usual["Content-Type"] = "application/json"
        connection = self.connect(self.host, timeout=SECONDS)
        try:
            connection.request(method, quote(address, safe="/?&=%:"), data or None, usual | headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


def new_key():
    return str(uuid.uuid4())


def _json(body):
    return b"" if body is None else json.dumps(body).encode()
