"""A browser behind the proxy: HTTPS outside, plain HTTP to gunicorn, cookies as browsers keep them."""

import requests
from bs4 import BeautifulSoup

from tests.bench.at_size.serving import HOST
from tests.deploy.machine import NAME


class Browser:
    """One person. Every answer is kept as it came: redirects are not followed."""

    def __init__(self, port, address="203.0.113.9"):
        self.session = requests.Session()
        self.root = f"http://{HOST}:{port}"
        self.session.headers.update(
            {
                "Host": NAME,
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": address,
                "Origin": f"https://{NAME}",
                "Accept-Language": "zh-CN",
            }
        )

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, data=None, files=None):
        """Send a form, with the token that pages carry."""
        token = {"X-CSRFToken": self.session.cookies.get("__Host-csrf", "")}
        return self._ask("POST", path, data=data, files=files, headers=token)

    def _ask(self, method, path, headers=None, **more):
        """Cookies for HTTPS alone go along: what the proxy asks for by HTTP the person has asked for by HTTPS."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)
        headers = {**(headers or {}), **({"Cookie": cookies} if cookies else {})}
        return self.session.request(
            method, self.root + path, headers=headers, allow_redirects=False, timeout=90, **more
        )

    def log_in(self, phone, password):
        """The answer to number and password."""
        self.get("/accounts/login/")
        return self.post("/accounts/login/", {"login": phone, "password": password})


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def heading(response):
    return page(response).h1.get_text(strip=True)
