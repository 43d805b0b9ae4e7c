# Handel in a few commands. `make run` starts it, `make test` proves it; `make help` lists the rest.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
  $(shell $(name) -c 'import sys; print("$(name)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
BIN := .venv/bin
PYTEST_ARGS ?=
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
PIP_COMPILE := $(BIN)/python -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --no-header

.DEFAULT_GOAL := help
.PHONY: help run stop reset test lint format manual lock venv

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(BIN)/.runtime $(BIN)/.printing ## start everything; PORT and HANDEL_HOME are honoured
	@$(BIN)/python manage.py run

stop: $(BIN)/.runtime ## stop embedded services that a killed process has left running
	@$(BIN)/python manage.py services stop

reset: $(BIN)/.runtime ## remove the data folder's content and start over with the next `make run`
	@$(BIN)/python manage.py services reset

test: $(BIN)/.development $(BIN)/.printing ## run all tests; PYTEST_ARGS="-k name" for some
	@sh bin/install-browser || true
	@$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

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
