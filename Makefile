# make app and make test do all the set-up themselves, on a fresh machine too.
PYTHON ?= python3
BIN := .venv/bin
# Where a package has no build for this Python yet, its source would need a compiler.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --prefer-binary

.PHONY: app test slow check bench sample clean

app: .venv/app ## the app on the sample journey, in the browser
	$(BIN)/python -m journey.app.serve

test: .venv/test ## all tests that take less than minutes
	$(BIN)/python -m pytest -n 2

slow: .venv/test ## the simulations that take minutes
	$(BIN)/python -m pytest -n 2 -m slow

check: .venv/test ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/app ## the speed table of docs/benchmarks.md
	$(BIN)/python benchmarks/run.py --write

sample: .venv/app ## make data/lumo again
	$(BIN)/python data/make_sample.py

clean:
	rm -rf .venv

.venv/app: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Journey needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) -r requirements.txt
	@touch $@

.venv/test: .venv/app requirements-test.txt
	$(PIP) -r requirements-test.txt
	@# Spark needs Java; without it its tests are skipped.
	@if command -v java >/dev/null; then $(PIP) -r requirements-spark.txt; fi
	@sh tests/browser.sh $(BIN)/python
	@touch $@
