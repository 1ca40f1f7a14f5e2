"""P16: what a phone loads to show the message list, and when the largest part of it stands there."""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from tests.bench.at_size import asking
from tests.bench.at_size.measuring import LIST, cookies
from tests.bench.at_size.serving import HOST, served, warm_up
from tests.e2e.conftest import CHROMIUM, FLAGS, SIZES

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.bench.weight_settings"}
# A slow phone as Lighthouse imagines it: 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up, a quarter of the pace.
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SLOWER = 4
KB = 1_000
WATCH = """new PerformanceObserver(list => { for (const entry of list.getEntries()) window.largest = entry.startTime })
.observe({type: "largest-contentful-paint", buffered: true})"""


def measure(options):
    """Bytes over the wire, headers of answers included, of a first visit with nothing kept and of the next one;
    requests to other hosts; seconds until the largest paint of first visits. Medians of the rounds."""
    person = asking.clerks(1)[0]
    known = cookies(person)
    with tempfile.TemporaryDirectory() as folder:
        environment = SETTINGS | {"BENCH_STATIC_ROOT": folder}
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True)
        with served("config.wsgi", **environment) as host:
            warm_up(host, [(LIST, known)] * 8)
            seen = [_visits(host, known) for _round in range(options.rounds)]
    return {name: statistics.median(each[name] for each in seen) for name in seen[0]}


def _visits(host, known):
    pairs = [pair.split("=", 1) for pair in known.split("; ")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport=SIZES["phone"], device_scale_factor=2, is_mobile=True, locale="zh-CN")
        context.add_cookies([{"name": name, "value": value, "domain": HOST, "path": "/"} for name, value in pairs])
        page = context.new_page()
        page.add_init_script(WATCH)
        wire = _Wire(context.new_cdp_session(page))
        first, strangers = wire.visit(page, f"http://{host}{LIST}")
        largest = page.evaluate("window.largest") / 1_000
        repeat, more = wire.visit(page, f"http://{host}{LIST}")
        browser.close()
    return {
        "weight_first": first / KB,
        "weight_repeat": repeat / KB,
        "weight_strangers": strangers + more,
        "lcp_s": largest,
    }


class _Wire:
    """Slows the page down and counts what it loads."""

    def __init__(self, session):
        self.loaded, self.addresses = {}, []
        session.send("Network.enable")
        session.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": "gzip"}})  # brotli needs HTTPS
        session.send("Network.emulateNetworkConditions", NETWORK)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        session.on("Network.requestWillBeSent", lambda told: self.addresses.append(told["request"]["url"]))
        session.on("Network.loadingFinished", self._note)

    def _note(self, told):
        self.loaded[told["requestId"]] = told["encodedDataLength"]

    def visit(self, page, address):
        """(bytes, requests to other hosts) of this page."""
        self.loaded.clear()
        self.addresses.clear()
        page.goto(address, wait_until="networkidle")
        if urlsplit(page.url).path != LIST:
            raise RuntimeError(f"The phone was sent to {page.url}.")
        hosts = [urlsplit(each).netloc for each in self.addresses if not each.startswith(("data:", "blob:"))]
        return sum(self.loaded.values()), sum(each != urlsplit(address).netloc for each in hosts)
