"""`make deploy-drill`: deploys the demo as docs/deploy.md says, without containers; looks at it from outside.

PostgreSQL is that of DATABASE_URL (default: the one of this machine); Redis, an object store and a gateway for text
messages are started for the occasion. Ends with an error at the first thing that is not as it should be.
"""

import re
import shlex
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from config.demo.accounts import DEMO_PASSWORD
from tests.deploy.faults import survive_faults
from tests.deploy.machine import NAME, PRIVATE, PUBLIC, ROOT, machine
from tests.deploy.people import Browser, page
from tests.files import pdf_bytes

APPLICANT, OUTSIDER, ADMINISTRATOR = "13811138116", "13811138112", "13800000009"
OPEN = [
    "/",
    "/notices/",
    "/search/?q=论坛",
    "/sitemap.xml",
    "/robots.txt",
    "/api/content/v2/pages/",
    "/accounts/login/",
]
MEMBERS = ["/portal/", "/portal/messages/", "/portal/unit/", "/portal/dues/", "/portal/me/", "/api/member/v1/messages"]
STAFF = ["/cms/", "/cms/pages/", "/cms/notices/", "/cms/reviews/units/"]
TOTP = "JBSWY3DPEHPK3PXP"
SET_UP_TOTP = f"""
from allauth.mfa.totp.internal.auth import TOTP
from membership.accounts.models import User
TOTP.activate(User.objects.get(phone="+86{ADMINISTRATOR}"), "{TOTP}")
"""
CODE_NOW = f"""
import time
from allauth.mfa.totp.internal import auth
print(auth.format_hotp_value(auth.hotp_value("{TOTP}", next(auth.yield_hotp_counters_from_time()))))
"""
begun = time.monotonic()


def step(words):
    sys.stdout.write(f"--- {words} ({time.monotonic() - begun:.0f}s)\n")
    sys.stdout.flush()


def commands():
    """What docs/deploy.md says to run with each release."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    [block] = [block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "collectstatic" in block]
    return [shlex.split(line) for line in block.splitlines() if "manage.py" in line]


def release(there):
    """Check, migrate, collect; the demo is made while static files are compressed."""
    *first, collect = sorted(commands(), key=lambda command: "collectstatic" in command)
    for command in first:
        step(shlex.join(command))
        there.run(command)
    step(f"{shlex.join(collect)}, and the demo association")
    seed = [".venv/bin/python", "manage.py", "seed_demo"]
    with ThreadPoolExecutor() as threads:
        work = [threads.submit(there.run, collect)]
        work.append(threads.submit(there.run, seed, DJANGO_SETTINGS_MODULE="tests.deploy.seeding"))
        for each in work:
            each.result()
    there.run([".venv/bin/python", "manage.py", "shell", "-c", SET_UP_TOTP])
    with there.connected() as cursor:  # the demo's past leaves a thousand jobs, which our one message would wait for
        cursor.execute("TRUNCATE django_tasks_database_dbtaskresult")


def start(there):
    step("web, worker and scheduler, as their units start them")
    programs = [there.unit(f"portal-{name}.service", name) for name in ("web", "worker@", "scheduler")]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return programs if Browser(there.web_port).get("/robots.txt").status_code == 200 else []
        except OSError:
            if not programs[0].is_running:
                break
    raise SystemExit(f"gunicorn does not answer:\n{there.said('web')}")


def look_from_outside(there):
    step("pages of the open site, headers, cookies, files")
    visitor = Browser(there.web_port)
    for path in OPEN:
        answer = visitor.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
    assert visitor.get("/not-there/").status_code == 404
    front = visitor.get("/")
    assert front.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert front.headers["X-Content-Type-Options"] == "nosniff"
    assert front.headers["X-Frame-Options"] == "DENY"
    plain = visitor.session.get(visitor.root, headers={"X-Forwarded-Proto": "http"}, allow_redirects=False)
    assert (plain.status_code, plain.headers["Location"]) == (301, f"https://{NAME}/")
    assert visitor.session.get(visitor.root, headers={"Host": "evil.example"}).status_code == 400
    [style] = [link["href"] for link in page(front).select("link[rel=stylesheet]") if "/portal." in link["href"]]
    answer = visitor.get(style)
    assert re.fullmatch(r"/static/portal\.[0-9a-f]{12}\.css", style), style
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] in {"gzip", "br", "zstd"}
    pictures = [image["src"] for image in page(front).select("main img") if PUBLIC in image["src"]]
    assert pictures, "no picture of the front page comes from the public bucket"
    assert "?" not in pictures[0], "links to public pictures are not signed"


def work_as_member(there):
    """Log in, hand in a paper through the private bucket, and see that others do not get it."""
    step("a member logs in, hands in a paper and reads it again")
    member, outsider = Browser(there.web_port), Browser(there.web_port)
    assert member.log_in(APPLICANT, DEMO_PASSWORD).headers["Location"] == "/portal/"
    assert outsider.log_in(OUTSIDER, DEMO_PASSWORD).headers["Location"] == "/portal/"
    for path in MEMBERS:
        assert outsider.get(path).status_code == 200, path
    [cookie] = [each for each in member.session.cookies if each.name == "__Host-session"]
    assert cookie.secure
    assert (cookie.path, "HttpOnly" in cookie._rest, cookie._rest["SameSite"]) == ("/", True, "Lax")
    paper = pdf_bytes()
    kept = member.post("/portal/unit/documents/business_license/", files={"file": ("执照.pdf", paper)})
    assert kept.status_code == 200, kept.text
    address = re.search(r"/portal/documents/[0-9a-f-]{36}/", kept.text)[0]
    read = member.get(address)
    assert (read.status_code, read.content) == (200, paper)
    assert {"private", "no-store"} <= set(read.headers["Cache-Control"].split(", "))
    assert outsider.get(address).status_code == 404
    assert Browser(there.web_port).get(address).status_code == 302
    [(name,)] = there.ask("SELECT file FROM units_document WHERE id = %s", address.split("/")[-2])
    assert there.store.get_object(Bucket=PRIVATE, Key=name)["Body"].read() == paper
    public = {each["Key"] for each in there.store.list_objects_v2(Bucket=PUBLIC)["Contents"]}
    assert name not in public
    return member


def work_as_staff(there):
    step("an administrator logs in with the second factor")
    person = Browser(there.web_port)
    person.log_in(ADMINISTRATOR, DEMO_PASSWORD)
    assert person.get("/cms/").status_code == 302, "the password alone opens nothing"
    code = there.run([".venv/bin/python", "manage.py", "shell", "--no-imports", "-c", CODE_NOW]).strip()
    assert person.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    for path in STAFF:
        assert person.get(path).status_code == 200, path
    return person


def send_code(there):
    """A text message goes by the worker and the gateway; the second one within a minute is refused."""
    step("a login code by text message")
    visitor = Browser(there.web_port, "203.0.113.77")
    key = page(visitor.get("/accounts/login/code/")).select_one("[name=captcha_0]")["value"]
    [(answer,)] = there.ask("SELECT response FROM captcha_captchastore WHERE hashkey = %s", key)
    asked = visitor.post("/accounts/login/code/", {"phone": OUTSIDER, "captcha_0": key, "captcha_1": answer})
    assert asked.headers["Location"].startswith("/accounts/login/code/confirm/")
    newest = "SELECT state FROM messaging_outboundmessage WHERE recipient = %s ORDER BY id DESC LIMIT 1"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        [(state,)] = there.ask(newest, f"+86{OUTSIDER}")
        if state == "sent":
            return
    raise SystemExit(f"The message is {state} after two minutes:\n{there.said('worker')}")


def stop(programs):
    """Asked to end, each does so by itself, with nothing to complain of; the scheduler has no work to finish."""
    step("everything is asked to end")
    for program in programs:
        program.ask_to_end()
    for program in programs:
        code = program.process.wait(timeout=60)
        assert code == (-signal.SIGTERM if program.name == "scheduler" else 0), (program.name, code)


def main():
    step("PostgreSQL, Redis, object store, text messages")
    with machine() as there:
        release(there)
        programs = start(there)
        look_from_outside(there)
        member, person = work_as_member(there), work_as_staff(there)
        send_code(there)
        step("Redis emptied and dead, connections cut, a row held, the object store away")
        survive_faults(there, member, person, paths=(OPEN, MEMBERS[:3], STAFF))
        stop(programs)
        assert "Traceback" not in there.said("worker@"), there.said("worker@")
    step("the drill is over, all is as it should be")


if __name__ == "__main__":
    main()
