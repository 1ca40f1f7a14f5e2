"""What is shipped for containers, Kubernetes, systemd and nginx is well formed, and runs what there is."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from importlib.resources import files

import kubernetes_validate
import pytest
import yaml
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.management import get_commands, load_command_class
from jsonschema.validators import validator_for

from config.checks import KEY_LENGTH

ROOT = settings.BASE_DIR
DEPLOY = ROOT / "deploy"
KUBERNETES = "1.31"  # the oldest that the manifests are for
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
MANIFESTS = [
    document
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]
UNITS = sorted((DEPLOY / "systemd").iterdir())
OF_IMAGE = {"gunicorn", "python", "sh"}
COMMAND = re.compile(r"manage\.py ([a-z_]+)((?: --[a-z-]+(?:[ =][^\s&;-][^\s&;]*)?)*)")


def named(document):
    return f"{document['kind']}/{document['metadata']['name']}"


def pods():
    """{name: pod} of every manifest that starts something."""
    found = {}
    for document in MANIFESTS:
        spec = document.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            found[named(document)] = spec["template"]["spec"]
    return found


def own(service):
    """Whether a service of the compose file is the portal itself."""
    return service.get("image") == "portal"


# --- Form -----------------------------------------------------------------------------------------------------------
def compose_errors(document):
    schema = json.loads(files("check_jsonschema.builtin_schemas.vendor").joinpath("compose-spec.json").read_text())
    return [error.message for error in validator_for(schema)(schema).iter_errors(document)]


def test_compose_file_is_one():
    assert compose_errors(COMPOSE) == []
    wrong = COMPOSE | {"services": COMPOSE["services"] | {"web": {"comand": ["x"]}}}
    assert len(compose_errors(wrong)) == 1


@pytest.mark.parametrize("document", MANIFESTS, ids=named)
def test_manifests_are_what_kubernetes_knows(document):
    kubernetes_validate.validate(document, KUBERNETES, strict=True)


def test_a_mistyped_manifest_is_found():
    wrong = json.loads(json.dumps(MANIFESTS[0])) | {"sepc": {}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_are_what_systemd_knows(path):
    """As systemd itself judges where it is there; the only complaint may be that nothing is installed in /srv yet."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"^\[(\w+)\]$", text, re.MULTILINE) in (["Unit", "Service", "Install"], ["Unit", "Install"])
    if analyze := shutil.which("systemd-analyze"):
        told = subprocess.run([analyze, "verify", path], capture_output=True, text=True, check=False).stderr
        foreign = [line for line in told.splitlines() if "is not executable" not in line and path.name in line]
        assert foreign == []


def test_nginx_file_names_what_there_is():
    text = (DEPLOY / "nginx" / "portal.conf").read_text(encoding="utf-8")
    assert text.count("{") == text.count("}")
    pages = re.findall(r"error_page (\d+) /errors/(\d+)\.html", text)
    assert [code for code, _page in pages] == [page for _code, page in pages] == ["413", "502", "504"]
    size = int(re.search(r"client_max_body_size (\d+)m", text)[1])
    assert size * 1024**2 > settings.UPLOAD_MAX_BYTES


@pytest.mark.parametrize("code", ["413", "502", "504"])
def test_error_pages_of_nginx_stand_alone(code):
    """They are shown when nothing of the portal answers, so they load nothing."""
    text = (DEPLOY / "nginx" / "errors" / f"{code}.html").read_text(encoding="utf-8")
    page = BeautifulSoup(text, "html.parser")
    assert page.select_one(".code").text == f"错误 {code}"
    assert page.html["lang"] == "zh-CN"
    assert page.select_one("[lang=en]")
    assert page.select("[src], link, script") == []
    assert [link["href"] for link in page("a")] == ["/"]
    assert "url(" not in text


# --- What they run --------------------------------------------------------------------------------------------------
def command_lines():
    """{where: command line} of everything that is started from our image or tree."""
    for name, service in COMPOSE["services"].items():
        if own(service):
            yield f"compose {name}", shlex.join(service["command"])
    for name, pod in pods().items():
        yield name, " ".join(pod["containers"][0]["command"])
    for path in UNITS:
        for line in re.findall(
            r"^ExecStart=/srv/portal/\.venv/bin/(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            yield path.name, line
    [image] = re.findall(r"^CMD (.*)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    yield "Dockerfile", shlex.join(json.loads(image))
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for number, block in enumerate(re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)):
        yield f"guide {number}", block


LINES = dict(command_lines())


@pytest.mark.parametrize("where", LINES)
def test_commands_exist_with_their_options(where):
    line = LINES[where]
    assert where.startswith("guide") or line.split()[0] in OF_IMAGE
    for name, options in COMMAND.findall(line):
        app = get_commands().get(name)
        assert app, f"{where}: there is no manage.py {name}"
        command = load_command_class(app, name) if isinstance(app, str) else app
        known = command.create_parser("manage.py", name)._option_string_actions
        assert [option for option in re.findall(r"--[a-z-]+", options) if option not in known] == []
    assert "--config" not in line or "deploy/gunicorn.conf.py" in line


def test_every_way_starts_the_same_programs():
    started = {
        "gunicorn --config deploy/gunicorn.conf.py",
        "manage.py db_worker --queue-name",
        "manage.py run_scheduler",
    }
    systemd = " ".join(line for where, line in LINES.items() if where.endswith(".service"))
    compose = " ".join(line for where, line in LINES.items() if where.startswith("compose"))
    kubernetes = " ".join(line for where, line in LINES.items() if "/" in where)
    for way in (systemd, compose, kubernetes):
        assert [program for program in started if program not in way] == []


def test_gunicorn_reads_its_file():
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    environment = {"PATH": "/usr/bin", "WEB_CONCURRENCY": "3", "WEB_THREADS": "7", "WEB_BIND": "127.0.0.1:8349"}
    told = subprocess.run(
        [*gunicorn, "--print-config", "tests.captcha"], cwd=ROOT, env=environment, capture_output=True, text=True
    ).stdout
    values = dict(re.findall(r"^(\w+)\s+= (.*)$", told, re.MULTILINE))
    asked = {
        "workers": "3",
        "threads": "7",
        "bind": "['127.0.0.1:8349']",
        "preload_app": "True",
        "graceful_timeout": "30",
    }
    assert {name: values[name] for name in asked} == asked


# --- What they are allowed ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", pods())
def test_pods_run_with_no_rights_but_those_they_need(name):
    pod = pods()[name]
    assert (pod["securityContext"]["runAsNonRoot"], pod["automountServiceAccountToken"]) == (True, False)
    for container in pod["containers"]:
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["resources"]["limits"]["memory"]


def test_image_and_services_run_as_nobody_special():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (.*)$", dockerfile, re.MULTILINE) == ["portal"]
    for service in filter(own, COMPOSE["services"].values()):
        assert (service["read_only"], service["cap_drop"], service["init"]) == (True, ["ALL"], True)


def test_nothing_is_open_to_other_machines():
    """nginx brings HTTPS: what compose publishes listens on this machine alone."""
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_no_secret_is_shipped():
    [secret] = [document for document in MANIFESTS if document["kind"] == "Secret"]
    assert set(secret["stringData"].values()) == {""}
    assert re.findall(rf"[A-Za-z0-9+/_=-]{{{KEY_LENGTH},}}", (ROOT / "compose.yaml").read_text()) == []


def test_settings_that_are_named_are_read():
    """Every variable of the manifests and of the compose file stands in .env.example, or is of the database's image."""
    known = set(re.findall(r"^# ([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    given = [set(document.get("data", {})) | set(document.get("stringData", {})) for document in MANIFESTS]
    given += [set(service["environment"]) for service in COMPOSE["services"].values() if own(service)]
    assert set().union(*given) - known == set()


def test_image_leaves_out_what_does_not_run():
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".git", ".env", ".venv", "tests", "db.sqlite3*", "media/*"} <= set(left_out)
