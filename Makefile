# Evenhand. `make` alone says what it can do.
#
# A fresh machine needs Python 3.11 or newer with its venv module, a C compiler and make; the rest is fetched, by
# pinned hash. To choose the Python: make demo PYTHON=python3.13

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV   := .venv
BIN    := $(VENV)/bin
PY     := $(BIN)/python
PIP    := $(PY) -m pip --disable-pip-version-check install -qq --no-build-isolation
PYTHON ?=
# How many tests run side by side, and anything else for pytest: make test ARGS="-k guards"
JOBS   ?= 2
ARGS   ?=

RUN_STAMP  := $(VENV)/.run-is-ready
TEST_STAMP := $(VENV)/.test-is-ready
BENCH_VENV  := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.is-ready

.PHONY: help setup setup-test demo test browser check lint types imports docs bench bench-page lock clean

help: ## what can be made (this)
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(RUN_STAMP) ## everything that `evenhand` needs to run, in .venv

setup-test: $(TEST_STAMP) ## what the tests and checks need as well

demo: $(RUN_STAMP) ## sweep the bundled snapshot of real accounts and show what it finds
	@$(BIN)/evenhand demo

test: $(TEST_STAMP) browser ## all tests but the large ones; ARGS="-k name" for some of them
	@$(PY) -m pytest -n $(JOBS) $(ARGS)

check: lint types imports docs ## ruff, mypy, import contracts, and the tests of house and docs

lint: $(TEST_STAMP) ## ruff on everything
	@$(BIN)/ruff check .

types: $(TEST_STAMP) ## mypy --strict on src
	@$(BIN)/mypy

imports: $(TEST_STAMP) ## who may import whom
	@$(BIN)/lint-imports --no-cache

docs: $(TEST_STAMP) ## the commands and links in the docs, the size budget, the locks
	@$(PY) -m pytest -q -n $(JOBS) tests/docs tests/house $(ARGS)

bench: $(BENCH_STAMP) ## the measurements behind the figures in the docs
	@for file in benchmarks/bench_*.py; do \
		[ -e "$$file" ] || { echo "no benchmarks/bench_*.py yet: nothing to measure"; break; }; \
		echo "== $$file"; $(BENCH_VENV)/bin/python "$$file"; \
	done

bench-page: $(BENCH_STAMP) ## the page of benchmark results anew (ARGS="sql conditions": only those)
	@$(BENCH_VENV)/bin/python tools/write_benchmark_results.py $(ARGS)

lock: $(TEST_STAMP) ## the lock files anew from pyproject.toml, nothing younger than a week
	@$(LOCK) pyproject.toml --extra dev -o requirements-test.lock
	@$(LOCK) pyproject.toml --extra campaign --constraint requirements-test.lock -o requirements.lock
	@$(LOCK) --group build -o requirements-build.lock
	@$(LOCK) --group bench --constraint requirements.lock -o requirements-bench.lock
	@grep -c '==' requirements*.lock

LOCK := $(BIN)/uv pip compile --no-config --upgrade --universal --python-version 3.11 --exclude-newer "7 days" --quiet \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header

clean: ## remove what was made here, .venv too
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A browser for the tests that look at the report. Without one they are skipped and say so; with CI=true they fail.
browser:
	@.ci/browser || true

$(PY):
	@.ci/venv "$(VENV)" $(PYTHON)

$(RUN_STAMP): requirements.lock requirements-build.lock pyproject.toml src/evenhand/policy/compiled/_event_reader.c | $(PY)
	@echo "installing what evenhand needs, by pinned hash (about half a minute the first time)"
	@$(PIP) --require-hashes -r requirements-build.lock
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps -e .
	@touch $@

$(TEST_STAMP): requirements-test.lock $(RUN_STAMP)
	@echo "installing what the tests need, by pinned hash (about a minute the first time)"
	@$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

# In an environment of its own: what Evenhand is measured against asks for older versions of things that the tests use.
$(BENCH_STAMP): requirements.lock requirements-bench.lock requirements-build.lock pyproject.toml
	@.ci/venv "$(BENCH_VENV)" $(PYTHON)
	@echo "installing what Evenhand is measured against, by pinned hash"
	@for lock in requirements-build requirements requirements-bench; do \
		$(BENCH_VENV)/bin/python -m pip --disable-pip-version-check install -qq --no-build-isolation --require-hashes -r $$lock.lock; \
	done
	@$(BENCH_VENV)/bin/python -m pip --disable-pip-version-check install -qq --no-build-isolation --no-deps -e .
	@touch $@
