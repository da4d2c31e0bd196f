# Two commands: `make run` indexes the sample archive and serves it, `make test` passes all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INDEX ?= index
PORT ?= 8000
REPORTS ?= 10000

.PHONY: run test check evaluate bench clean

run: $(VENV)/installed
	@$(BIN)/bangfu index corpus --index $(INDEX)
	@$(BIN)/bangfu serve --index $(INDEX) --port $(PORT)

test: $(VENV)/installed-dev system-packages check
	$(BIN)/pytest -n auto --dist loadfile

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy

# Cleaning and searching against their gold and their floors: seeds, made pages, clean text, ranking.
evaluate: $(VENV)/installed
	$(BIN)/python -m tests.evaluation

# Speed and size against other engines on the same reports, REPORTS of them, in one run.
bench: $(VENV)/installed-bench
	$(BIN)/python -m tests.bench --reports $(REPORTS) --floors

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Bangfu needs Python 3.11 or newer; name one with: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-bench: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@ $(VENV)/installed

# What Debian keeps in packages of its own. Only root can install them; others are told.
.PHONY: python3-venv system-packages
python3-venv:
	@if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; \
	else echo "Python's venv module is missing. As root: apt-get install python3-venv"; exit 1; fi

system-packages:
	@missing=; command -v chromium >/dev/null || missing="chromium"; \
	fc-list :lang=zh 2>/dev/null | grep -q . || missing="$$missing fontconfig fonts-noto-cjk"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	  else echo "The browser tests need: $$missing. As root: apt-get install $$missing"; exit 1; fi; \
	fi

clean:
	rm -rf $(VENV) index artefacts .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
