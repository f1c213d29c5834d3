# make demo        the whole product with sample data on http://localhost:8000 (PORT=… for another port)
# make demo-reset  the same from the beginning: what was entered in the demo is deleted
# make test        every test, on SQLite and on PostgreSQL (ARGS="-k words" for some of them)
# make nightly     all of them on both, with many more random examples
# make bench       measurements
# make lint        style and types
# make messages    collect and compile the English texts
# make clean       delete the environment and everything that was generated

PORT ?= 8000
ARGS ?=
VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.PHONY: demo demo-reset test nightly bench lint messages clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.run
	@HTTPS=0 exec $(BIN)/python manage.py demo --port $(PORT)

demo-reset: $(VENV)/.run
	@HTTPS=0 exec $(BIN)/python manage.py demo --port $(PORT) --reset

test: $(VENV)/.dev
	@exec $(BIN)/python -m tests.run $(ARGS)

nightly: $(VENV)/.dev
	@HYPOTHESIS_PROFILE=nightly exec $(BIN)/python -m tests.run $(ARGS)

bench: $(VENV)/.dev
	@exec $(BIN)/python -m benchmarks.run $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

messages: $(VENV)/.dev
	$(BIN)/python scripts/messages.py

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say which requirements are installed, so that a second make installs nothing.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更高版本 / Python 3.11 or newer is needed: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "缺少 python3-venv / python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(PIP) install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	$(PIP) install --quiet --requirement requirements-dev.txt
	@touch $@ $(VENV)/.run
