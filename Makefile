# `make test` and `make demo` are all a newcomer needs; both install what they use, once.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PYTEST_ARGS ?= -n 2

.PHONY: demo test lint types contracts tests cassettes clean

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

tests: $(READY)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# Records cassettes/ anew: make cassettes [ONLY=name] [LIVE=1 STAGE=file ACCOUNT=id]
cassettes: $(READY)
	@$(BIN)/python -m tests.cassettes.record $(ONLY) $(if $(LIVE),--live --stage "$(STAGE)" --account "$(ACCOUNT)")

# Installed again only when the list of dependencies changes.
$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

clean:
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
