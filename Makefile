# Lilong 里弄. `make` alone lists what can be done.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.run-ready
TESTED := $(VENV)/.dev-ready
export PYTHONPATH := $(CURDIR)
PORT   ?= 8000

# Where they run, `make check` runs the suite once more on them.
CHECK_DATABASE_URL ?= postgresql://postgres@127.0.0.1:5432/lilong_check
CHECK_MQTT_URL     ?= mqtt://127.0.0.1:1883

.DEFAULT_GOAL := help
.PHONY: help run test check lint bench new try pictures lock clean

help:  ## list what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

run: $(READY)  ## serve the live demonstration at http://127.0.0.1:8000 (PORT=… for another port)
	@$(BIN)/lilong up --port $(PORT)

test: $(TESTED)  ## all tests, on the embedded default (or on DATABASE_URL, LILONG_MQTT_URL)
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(TESTED) lint  ## what CI runs: lint, tests, and the tests again on PostgreSQL and Mosquitto where they run
	@$(MAKE) --no-print-directory test
	@if $(BIN)/python -m tests.servers '$(CHECK_DATABASE_URL)' '$(CHECK_MQTT_URL)'; then \
	  DATABASE_URL='$(CHECK_DATABASE_URL)' LILONG_MQTT_URL='$(CHECK_MQTT_URL)' $(MAKE) --no-print-directory test; fi

lint: $(TESTED)  ## style, types, floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/lint-imports --no-logo
	@LILONG_HOME=$(VENV)/lint-home $(BIN)/mypy lilong

bench: $(TESTED)  ## measure: make bench NAME=journal
	@$(BIN)/lilong bench $(NAME)

new: $(TESTED)  ## make a scenario folder: make new s=NAME kind=watch
	@$(BIN)/lilong new $(s) --kind $(or $(kind),watch)

try: $(READY)  ## rehearse a scenario's cases: make try s=elder_water_silence
	@$(BIN)/lilong try $(s)

pictures: $(TESTED)  ## take the pictures of the README from the running product
	@$(BIN)/python -m tests.pictures

lock:  ## resolve the lock files again
	@$(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install -q uv
	@for f in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q $$f.in -o $$f.lock; done

clean:  ## remove the environment and the demonstration
	@rm -rf $(VENV) var

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Lilong needs Python 3.11, 3.12 or 3.13; name it: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(BIN)/lilong: | $(BIN)/python
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/$(BIN)/python" -m lilong.cli "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $@
	@chmod +x $@

$(READY): requirements.lock | $(BIN)/lilong
	@echo "installing the locked dependencies…"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.lock
	@touch $@

$(TESTED): requirements-dev.lock | $(BIN)/lilong
	@echo "installing the locked dependencies for tests…"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r requirements-dev.lock
	@touch $@ $(READY)
