# Two commands matter: `make demo` shows the main job and ends, `make up` does the same and stays.
# Everything below makes its own environment in .venv first; a second start finds it ready and does nothing.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
LOCKS := requirements/uv.txt requirements/build.txt pyproject.toml tools/environment.py
SETTINGS := trueline.config.settings
# No header and no index address: a lock names what is installed, never from where.
COMPILE = $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(UPGRADE)

# `make test TESTS=tests/inventory` runs a part; `JOBS=0` runs in one process.
TESTS ?=
JOBS ?= 2

CHECKS := check-format check-ruff check-types check-imports check-lint check-migrations check-templates \
	check-messages check-docs

.DEFAULT_GOAL := help
.PHONY: help demo up test check bench soak fmt docs lock clean
.PHONY: $(CHECKS)

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

demo: .venv/run.stamp ## show the main job on generated tenants, print the findings, end
	@exec $(BIN)/trueline demo

up: .venv/run.stamp ## start everything and stay; Ctrl-C stops it
	@exec $(BIN)/trueline up

test: .venv/dev.stamp ## the whole suite, with all its set-up
	@$(BIN)/python -m tools.browser
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(TESTS)

check: $(CHECKS) ## every check that is not a test

check-format: .venv/dev.stamp
	$(BIN)/ruff format --check .

check-ruff: .venv/dev.stamp
	$(BIN)/ruff check --output-format concise .

check-types: .venv/dev.stamp
	$(BIN)/mypy

check-imports: .venv/dev.stamp
	$(BIN)/lint-imports

check-lint: .venv/dev.stamp
	$(BIN)/python -m tools.lint

check-migrations: .venv/dev.stamp
	DJANGO_SETTINGS_MODULE=$(SETTINGS) $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run

check-templates: .venv/dev.stamp
	$(BIN)/djlint src --lint --quiet
	$(BIN)/djlint src --check --quiet

check-messages: .venv/dev.stamp
	$(BIN)/python -m tools.messages --check

check-docs: .venv/dev.stamp
	$(BIN)/python -m tools.docs

bench: .venv/dev.stamp ## measure, and write benchmarks/RESULTS.md
	@exec $(BIN)/python -m benchmarks

soak: .venv/dev.stamp ## the long campaigns whose short forms are in the suite
	@exec $(BIN)/python -m benchmarks soak

fmt: .venv/dev.stamp ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: check-docs ## hold the docs against the code

lock: .venv/dev.stamp ## compile the locks again; `UPGRADE=--upgrade` takes newer versions
	$(COMPILE) pyproject.toml -o requirements/run.txt
	$(COMPILE) pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
	$(COMPILE) requirements/build.in -c requirements/dev.txt -o requirements/build.txt
	$(COMPILE) requirements/uv.in -o requirements/uv.txt

.venv/%.stamp: requirements/%.txt $(LOCKS)
	@test -n "$(PYTHON)" || { echo "Trueline needs Python 3.11 or newer; install python3.11 and try again." >&2; exit 2; }
	@$(PYTHON) -m tools.environment $*

clean: ## remove the environment and caches; the data in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
