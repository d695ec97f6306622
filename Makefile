# `make test` and `make demo` are all a newcomer needs; both install what they use, once.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PYTEST_ARGS ?= -n 2
NODE   := tests/clients/node
NODE_READY := $(NODE)/node_modules/.ready

.PHONY: demo docs test lint types contracts tests crash cassettes actions clean

demo: $(READY)
	@$(BIN)/python examples/demo.py

test: lint types contracts tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

tests: $(READY) $(NODE_READY)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# Kills runs at every point of every scenario, and goes on: hours. make crash [TRIAL=undo] [STRIDE=5]
crash: $(READY)
	@$(BIN)/python benchmarks/crash_sweep.py $(if $(TRIAL),--trial $(TRIAL)) $(if $(STRIDE),--stride $(STRIDE))

# Records cassettes/ anew: make cassettes [ONLY=name] [LIVE=1 STAGE=file ACCOUNT=id]
cassettes: $(READY)
	@$(BIN)/python -m tests.cassettes.record $(ONLY) $(if $(LIVE),--live --stage "$(STAGE)" --account "$(ACCOUNT)")

# Writes docs/actions.md: which actions the door sends, the emulator answers and a cassette holds.
actions: $(READY)
	@$(BIN)/python -m tests.cloud.actions_table

# Installed again only when the list of dependencies changes.
$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

# The SDK for Node, for the tests that it drives; they are skipped where it cannot be had.
$(NODE_READY): $(NODE)/package.json
	@if ! command -v npm >/dev/null; then echo "npm is not at hand: the tests with Node are skipped"; \
	elif npm install --prefix $(NODE) --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error; \
	then touch $@; \
	else echo "the SDK for Node could not be installed: the tests with Node are skipped"; fi

# The pages, in build/docs.
docs: $(READY)
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs
	@echo "The pages: build/docs/index.html"

clean:
	rm -rf build $(VENV) $(NODE)/node_modules demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
