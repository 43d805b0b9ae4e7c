# Handel in a few commands. `make run` starts it, `make test` proves it; `make help` lists the rest.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
  $(shell $(name) -c 'import sys; print("$(name)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
BIN := .venv/bin
PYTEST_ARGS ?=
BENCH_ARGS ?=
SCREENSHOT_ARGS ?=
LOAD_ARGS ?=
SOAK_ARGS ?=
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
PIP_COMPILE := $(BIN)/python -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --no-header

.DEFAULT_GOAL := help
.PHONY: help run stop reset test lint format manual bench load soak screenshots texts lock venv

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(BIN)/.runtime $(BIN)/.printing $(BIN)/.languages ## start everything; PORT and HANDEL_HOME are honoured
	@$(BIN)/python manage.py run

stop: $(BIN)/.runtime ## stop embedded services that a killed process has left running
	@$(BIN)/python manage.py services stop

reset: $(BIN)/.runtime ## remove the data folder's content and start over with the next `make run`
	@$(BIN)/python manage.py services reset

test: $(BIN)/.development $(BIN)/.printing $(BIN)/.languages ## run all tests; PYTEST_ARGS="-k name" for some
	@sh bin/install-browser || true
	@$(BIN)/python -m pytest -n 2 --maxschedchunk 8 $(PYTEST_ARGS)

lint: $(BIN)/.development ## style, formatting, templates, and who may import whom
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python $(BIN)/lint-imports --no-cache
	@if [ -d templates ]; then $(BIN)/python -m djlint --lint --quiet templates; fi

format: $(BIN)/.development ## put the code into our format
	@$(BIN)/python -m ruff check --fix --quiet .
	@$(BIN)/python -m ruff format --quiet .

manual: $(BIN)/.development ## write docs/manual anew from the stories in tests/scenario
	@$(BIN)/python -m tests.manual

bench: $(BIN)/.development $(BIN)/.languages ## measure posting, reading, pages; BENCH_ARGS="--part posting", "--only post_10", "--orders 10000" for less
	@HANDEL_ENV=demo HANDEL_HOME=$${HANDEL_BENCH_HOME:-.handel-bench} $(BIN)/python -m tests.bench $(BENCH_ARGS)

load: $(BIN)/.development $(BIN)/.printing $(BIN)/.languages ## fifty clients of the API for a minute; LOAD_ARGS="--users 5 --seconds 10" for a few
	@HANDEL_ENV=demo HANDEL_HOME=$${HANDEL_LOAD_HOME:-.handel-load} $(BIN)/python -m tests.load $(LOAD_ARGS)

soak: $(BIN)/.development $(BIN)/.languages ## random business with faults, beside a model; SOAK_ARGS="--minutes 1 --seed 7"
	@$(BIN)/python -m tests.soak $(SOAK_ARGS)

screenshots: $(BIN)/.development $(BIN)/.languages ## pictures of every kind of page, in build/screenshots
	@sh bin/install-browser
	@HANDEL_ENV=demo $(BIN)/python -m tests.screenshots $(SCREENSHOT_ARGS)

texts: $(BIN)/.development ## bring the catalogues in locale/ up to what code and templates say
	@$(BIN)/python -m erp.catalogues update

lock: $(BIN)/.development ## work out the lock files anew from requirements*.in
	$(PIP_COMPILE) --upgrade --output-file=requirements.lock requirements.in
	$(PIP_COMPILE) --upgrade --output-file=requirements-dev.lock requirements-dev.in

venv: $(BIN)/.development ## make the environment for working on Handel

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Handel needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Making the environment .venv ..."
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || sh bin/install-packages "Python's venv" python3-venv
	@$(PYTHON) -m venv .venv

$(BIN)/.runtime: requirements.lock | $(BIN)/python
	@echo "Installing what Handel needs ..."
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

$(BIN)/.development: requirements-dev.lock $(BIN)/.runtime
	@echo "Installing what the tests need ..."
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

$(BIN)/.printing: $(BIN)/.runtime bin/install-printing
	@if sh bin/install-printing $(BIN)/python; then touch $@; fi

$(BIN)/.languages: $(BIN)/.runtime $(wildcard locale/*/LC_MESSAGES/*.po)
	@$(BIN)/python -m erp.catalogues compile
	@touch $@
