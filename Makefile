# Everything starts here. `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run test bench soak words format lock venv ready ready-dev chromium checker lighthouse
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-12s %s\n", $$1, $$2 }'

# Without a .env file and without DEMO in the environment it is the demo that starts.
run: ready ## Start Rung (PORT=8000 and HOST=127.0.0.1 unless you say otherwise)
	@if [ ! -f .env ]; then export DEMO="$${DEMO:-true}"; fi; exec $(BIN)/python manage.py start

test: ready-dev chromium checker ## Run every check and test, on SQLite and on PostgreSQL
	@$(BIN)/python -m tests.everything

bench: ready-dev chromium lighthouse ## Measure speed and size beside their marks (ONLY=tap,board for some, FULL=1 with 10,000 gyms)
	@$(BIN)/python -m bench

soak: ready-dev chromium ## Run a class while its network fails and its servers are killed (SEED=42, TAPS=600, DATABASE=sqlite, ONCE=off)
	@$(BIN)/python -m soak

words: ready-dev ## Collect what is to be translated into locale/, and compile what is
	@$(BIN)/python -m words

format: ready-dev ## Put code and imports into their usual form
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

lock: ready-dev ## Work out requirements*.txt anew from requirements*.in
	@for name in requirements requirements-dev; do \
	  constraint=; [ $$name = requirements ] || constraint="--constraint requirements.txt"; \
	  UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links $$constraint $$name.in --output-file $$name.txt || exit 1; \
	done

# A virtual environment that belongs to this Python. A half-made or outdated one is made again.
venv:
	@command -v $(PYTHON) >/dev/null || { echo "Rung needs Python 3.11 or newer, and there is no $(PYTHON) here."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Rung needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -c 'import platform; print(platform.python_version())')."; exit 1; }
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	      echo "Installing python3-venv"; \
	      apt-get update -qq && apt-get install -qq -y --no-install-recommends python3-venv >/dev/null || \
	        { echo "Rung needs the package python3-venv, and apt-get could not install it."; exit 1; }; \
	    else echo "Rung needs the package python3-venv: sudo apt-get install python3-venv"; exit 1; fi; \
	  fi; \
	  [ -w . ] || { echo "Rung needs to write into its folder, and $$PWD cannot be written."; exit 1; }; \
	  echo "Making .venv"; \
	  $(PYTHON) -m venv --clear .venv || { echo "The folder .venv cannot be made."; exit 1; }; \
	fi

# The copy of the lock inside .venv says what is installed there.
ready: venv
	@cmp -s requirements.txt .venv/requirements.txt || { \
	  echo "Installing what requirements.txt names"; \
	  $(PIP) -r requirements.txt && cp requirements.txt .venv/requirements.txt; }

ready-dev: ready
	@cmp -s requirements-dev.txt .venv/requirements-dev.txt || { \
	  echo "Installing what requirements-dev.txt names"; \
	  $(PIP) -r requirements-dev.txt && cp requirements-dev.txt .venv/requirements-dev.txt; }

# Debian's Chromium where there is one or root may install it, else Playwright's. Without either the tests say so.
chromium: ready-dev
	@if [ -x /usr/bin/chromium ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium"; \
	  apt-get update -qq; apt-get install -qq -y --no-install-recommends chromium fonts-noto-core >/dev/null; \
	fi; \
	[ -x /usr/bin/chromium ] || $(BIN)/playwright install chromium || true

# The Nu checker, a Java program that npm brings. Without Java or npm the tests say so.
CHECKER := tests/html/node_modules
checker:
	@if command -v java >/dev/null && cmp -s tests/html/package-lock.json $(CHECKER)/installed.json; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  for need in java:default-jre-headless npm:npm; do \
	    command -v $${need%%:*} >/dev/null && continue; \
	    echo "Installing $${need#*:}"; \
	    apt-get update -qq; apt-get install -qq -y --no-install-recommends $${need#*:} >/dev/null; \
	  done; \
	fi; \
	command -v java >/dev/null || { echo "The check of the pages' HTML needs Java: apt-get install default-jre-headless"; exit 0; }; \
	command -v npm >/dev/null || { echo "The check of the pages' HTML needs npm: apt-get install npm"; exit 0; }; \
	echo "Installing what tests/html/package.json names"; \
	npm ci --prefix tests/html --silent --ignore-scripts --no-audit --no-fund && \
	  cp tests/html/package-lock.json $(CHECKER)/installed.json || echo "npm could not install it."

# For make bench alone. It needs Node 18.20 or newer; Debian's npm brings it.
LIGHTHOUSE := bench/lighthouse/node_modules
lighthouse:
	@if cmp -s bench/lighthouse/package-lock.json $(LIGHTHOUSE)/installed.json; then exit 0; fi; \
	if ! command -v npm >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing npm"; \
	  apt-get update -qq; apt-get install -qq -y --no-install-recommends npm >/dev/null; \
	fi; \
	command -v npm >/dev/null || { echo "The scores of the pages need npm: apt-get install npm"; exit 0; }; \
	echo "Installing what bench/lighthouse/package.json names"; \
	npm ci --prefix bench/lighthouse --silent --ignore-scripts --no-audit --no-fund && \
	  cp bench/lighthouse/package-lock.json $(LIGHTHOUSE)/installed.json || echo "npm could not install it."
