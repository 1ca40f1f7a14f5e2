# Everything is made from a fresh clone with Python 3.11 and make; `make help` lists what there is.
SHELL := /bin/sh
PYTHON ?=
PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Each of many processes would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
# `make test ARGS="tests/membership -x"` hands arguments to pytest.
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test e2e deploy-drill drills restore-drill fuzz bench check fix messages lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## Serve the demo association at http://127.0.0.1:8000 with its worker (PORT, DATABASE_URL)
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py createcachetable
	@$(PY) manage.py seed_demo
	@exec $(PY) manage.py rundemo

test: .venv/.dev ## Run every test but those of browser, fuzz and speed (DATABASE_URL, ARGS)
	$(PY) -m pytest -n auto --dist worksteal --durations=25 $(ARGS)

e2e: .venv/.dev ## Run the journeys in headless Chromium
	$(PY) -m pytest -m e2e -n auto --dist worksteal $(ARGS)

deploy-drill: .venv/.dev ## Deploy as docs/deploy.md says, without containers, and look at it (DATABASE_URL; needs redis-server)
	$(PY) -m tests.deploy.drill

fuzz: .venv/.dev ## Type 24 vectors and the Big List of Naughty Strings into every form; prints what was wrong
	$(PY) -m pytest -m fuzz -n auto --dist worksteal $(or $(ARGS),tests/fuzz)

bench: .venv/.dev ## Measure every figure of docs/performance.md (DATABASE_URL of PostgreSQL, ARGS="--only P3 P8")
	$(PY) -m tests.bench $(ARGS)

drills: .venv/.dev ## Break what can break, row by row of the fault matrix (needs the programs of PostgreSQL 15)
	$(PY) -m tests.drills $(ARGS)

restore-drill: .venv/.dev ## Back up, break and restore a cluster of its own to the second
	@$(PY) -m tests.drills.restore $(ARGS)

check: export DJANGO_SETTINGS_MODULE := config.settings.test
check: .venv/.dev ## Lint, format, direction of imports, migrations, states, settings, translations
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m bandit --quiet --recursive --severity-level medium config portal home cms membership
	.venv/bin/lint-imports --no-logo
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py states --check
	$(PY) manage.py check --fail-level WARNING
	$(PY) manage.py translations --check

fix: .venv/.dev ## Mend what ruff can mend
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

messages: .venv/.dev ## Collect the strings of the sources into locale/ and compile them (needs gettext)
	$(PY) manage.py translations

COMPILE := uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
lock: .venv/.dev ## Renew the lock files after a change in requirements*.txt (UPGRADE=--upgrade for all)
	$(PY) -m $(COMPILE) $(UPGRADE) requirements.txt --output-file requirements.lock
	$(PY) -m $(COMPILE) $(UPGRADE) --constraints requirements.lock requirements-dev.txt --output-file requirements-dev.lock

clean: ## Remove what can be made again; the database and uploads stay
	rm -rf .venv .test test-results staticfiles .pytest_cache .hypothesis .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- The virtual environment; its stamps are newer than the lock files they were made from --------------------------
.venv/pyvenv.cfg:
	@for python in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    "$$python" -c 'import ensurepip, venv' 2>/dev/null || \
	        { echo "$$python cannot make virtual environments: install its venv package (Debian: python3-venv)."; exit 1; }; \
	    echo "Making .venv with $$("$$python" --version)"; \
	    "$$python" -m venv .venv && exit 0; \
	    rm -rf .venv; exit 1; \
	done; \
	echo "Python 3.11 or newer is needed and was not found; name yours with: make PYTHON=/path/to/python3.11"; exit 1

.venv/.run: requirements.lock | .venv/pyvenv.cfg
	@echo "Installing what the portal needs (a minute or less)"
	@$(PY) -m pip install -qq --require-hashes -r requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock | .venv/pyvenv.cfg
	@echo "Installing what tests and checks need (a minute or two)"
	@$(PY) -m pip install -qq --require-hashes -r requirements-dev.lock
	@touch $@ .venv/.run
