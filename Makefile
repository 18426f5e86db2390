# Two commands: `make run` sets up and runs everything, `make test` sets up and tests everything.
# All that they install stays in this folder, but for the browsers that the tests need.
.PHONY: run test lint bench lock clean
.DELETE_ON_ERROR:

PYTHON ?= python3.11
BIN := .venv/bin
RUN_STAMP := .venv/.run-stamp
TEST_STAMP := .venv/.test-stamp
PAGES_STAMP := build/.stamp
# The machine's own Node where it is new enough, else the wheel's.
export PATH := $(CURDIR)/$(BIN):$(PATH)

run: $(RUN_STAMP) $(PAGES_STAMP)
	@exec $(BIN)/nongke run

test: $(TEST_STAMP) $(PAGES_STAMP) lint
	@deploy/find-chromium
	@deploy/find-gstreamer
	@deploy/find-wpe
	@deploy/find-qtwebkit
	$(BIN)/python -m pytest $(PYTEST)

lint: $(TEST_STAMP) $(PAGES_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	npm run --silent lint

bench: $(TEST_STAMP) $(PAGES_STAMP)
	$(BIN)/python -m tests.bench

$(RUN_STAMP): requirements.lock pyproject.toml deploy/make-venv
	@deploy/make-venv $(PYTHON) requirements.lock
	@touch $@

$(TEST_STAMP): $(RUN_STAMP) requirements-test.lock
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-test.lock
	@touch $@

node_modules/.stamp: package.json package-lock.json $(RUN_STAMP)
	@deploy/find-node
	@echo "Installing the pages' packages …"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

PAGE_SOURCES := $(shell find app/pages player_api/tv -type f -not -name '*.py' -not -path '*/templates/*')
$(PAGES_STAMP): node_modules/.stamp $(PAGE_SOURCES)
	@echo "Building the pages …"
	@npm run --silent build
	@touch $@

# New versions: resolves pyproject.toml again. Addresses of registries stay out of the locks.
lock:
	$(BIN)/python -m pip install -q pip-tools
	deploy/lock

clean:
	rm -rf .venv node_modules build
