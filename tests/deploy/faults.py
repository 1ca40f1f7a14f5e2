"""What the deployed site must live through: each fault, what people see meanwhile, and that all is well after it."""

from redis import Redis

from config.management.commands.rundemo import answers
from tests.bench.at_size.serving import HOST
from tests.deploy.people import Browser, heading, page
from tests.files import pdf_bytes

BUSY, AWAY = "他人正在处理", "暂时无法访问"
STRANGER = "13900009999"


def survive_faults(there, member, staff, *, paths):
    faces = [*((Browser(there.web_port), path) for path in paths[0])]
    faces += [(member, path) for path in paths[1]] + [(staff, path) for path in paths[2]]
    before = statuses(faces)
    limits_outlive_redis(there, faces, before)
    cut_connections(there, faces, before)
    held_row(there, member)
    store_away(there, member, faces, before)


def statuses(faces):
    return [(path, browser.get(path).status_code) for browser, path in faces]


def limits_outlive_redis(there, faces, before):
    """Three wrong passwords ask for the captcha: also after Redis was emptied, and without Redis."""
    stranger = Browser(there.web_port, "203.0.113.66")
    for _try in range(3):
        answer = stranger.log_in(STRANGER, "wrong")
    assert asks_captcha(answer)
    Redis(HOST, there.redis_port).flushall()
    assert asks_captcha(stranger.log_in(STRANGER, "wrong"))
    there.redis.end()
    assert not answers(there.redis_port)
    assert statuses(faces) == before
    assert asks_captcha(stranger.log_in(STRANGER, "wrong"))
    there.restart_redis()
    assert statuses(faces) == before


def asks_captcha(answer):
    assert answer.status_code == 200
    return bool(page(answer).select("[name=captcha_0]"))


def cut_connections(there, faces, before):
    """As when PostgreSQL restarts: connections are looked at before they are used, so nobody notices."""
    there.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()"
    )
    assert statuses(faces) == before


def held_row(there, member):
    """Who needs what a colleague is changing is told so after three seconds; nothing is stored."""
    with there.connected() as cursor:
        cursor.execute("LOCK TABLE units_document IN EXCLUSIVE MODE")
        refused = member.post("/portal/unit/documents/business_license/", files={"file": ("二.pdf", pdf_bytes(2))})
        assert (refused.status_code, heading(refused)) == (503, BUSY)
        assert 2.5 < refused.elapsed.total_seconds() < 6, refused.elapsed


def store_away(there, member, faces, before):
    """Without object store a file says that it is away, in time; every other page is as before."""
    [(document,)] = there.ask("SELECT id FROM units_document ORDER BY uploaded_at DESC LIMIT 1")
    address = f"/portal/documents/{document}/"
    assert member.get(address).status_code == 200
    there.aws_server.end()
    away = member.get(address)
    assert (away.status_code, heading(away)) == (503, AWAY)
    assert away.elapsed.total_seconds() < 15
    assert statuses(faces) == before
