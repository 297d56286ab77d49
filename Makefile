# `make demo` runs the market on this machine, `make test` proves that it works. Only Python 3.11 or newer is needed.

PY := .venv/bin/python
MANAGE := $(PY) manage.py
# Two processes suit two cores; `make test JOBS=8` suits more.
JOBS ?= 2

# `make bench LEADS=20000 RUNS=1` is a quick try.
LEADS ?= 1000000
RUNS ?= 3

.PHONY: help venv demo stop status test test-long crash-mail promises bench lint format lock
.DEFAULT_GOAL := help

help:
	@echo "make demo        run the market at http://localhost:8000 (PORT=8001 for another port)"
	@echo "make stop        stop what runs in the background"
	@echo "make status      what runs, and how to reach it"
	@echo "make test        every test but the long ones; JOBS=$(JOBS), ARGS= for pytest"
	@echo "make test-long   the long ones"
	@echo "make crash-mail  a campaign to 10,000 while its workers are killed 40 times; ARGS=--help"
	@echo "make promises    write privacy/promises.json: which tests prove which promise of the policies"
	@echo "make bench       the budgets of docs/performance.md on LEADS=$(LEADS), RUNS=$(RUNS)"
	@echo "make lint        style, types, layers, templates, migrations, deployment settings"
	@echo "make format      write Python and templates in the house style"
	@echo "make lock        renew requirements/*.txt from pyproject.toml; UPGRADE=1 takes the newest versions"

# Any Python 3 finds the right one and makes .venv, once per lock.
venv:
	@for python in python3 python3.13 python3.12 python3.11 python; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null; then \
	    exec $$python requirements/make_venv.py; \
	  fi; \
	done; \
	echo "Python 3.11 or newer is needed, and there is none on the PATH." >&2; exit 1

demo: venv
	@$(MANAGE) demo --until-parent-ends

stop: venv
	@$(MANAGE) servers stop

status: venv
	@$(MANAGE) servers status

test: venv
	@$(PY) -m pytest --numprocesses $(JOBS) --dist worksteal -m "not long" $(if $(ARGS),$(ARGS),--all-promises)

crash-mail: venv
	@$(PY) -m tests.faults.crash_mail $(ARGS)

promises: venv
	@$(PY) -m pytest --numprocesses $(JOBS) --dist worksteal -m "promise and not long" --write-promises

test-long: venv
	@$(PY) -m pytest -m long $(ARGS)

bench: venv
	@$(MANAGE) bench --leads $(LEADS) --runs $(RUNS)

lint: venv
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy .
	.venv/bin/lint-imports
	.venv/bin/djlint --lint --quiet templates
	.venv/bin/deptry .
	@$(PRODUCTION) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

# Settings as a real installation has them; the values are examples, and nothing is connected to.
PRODUCTION = env -u DEMO -u TESTING DATABASE_URL=postgres://127.0.0.1:1/unused REDIS_URL=redis://127.0.0.1:1/0 \
	SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	ALLOWED_HOSTS=market.example SITE_URL=https://market.example \
	OPERATOR_NAME="Example Ltd" OPERATOR_ADDRESS="1 Example Street, Example" OPERATOR_PHONE=+442079460000 \
	OPERATOR_HOURS="Monday to Friday, 9 to 17" OPERATOR_EMAIL=hello@market.example \
	OPERATOR_PRIVACY_EMAIL=privacy@market.example SUPPRESSION_KEYS=1:only-an-example-of-a-key \
	SEALING_KEYS=1:b25seS1hbi1leGFtcGxlLW9mLWEta2V5LW9mLTMyLS0

format: venv
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

LOCK = .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--only-binary :all: --no-header --quiet $(if $(UPGRADE),--upgrade)

lock: venv
	$(LOCK) --output-file requirements/base.txt
	$(LOCK) --extra dev --output-file requirements/dev.txt
