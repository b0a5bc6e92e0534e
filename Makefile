# make demo            migrate, seed and serve the demo on http://127.0.0.1:8000
# make test            run the tests
# make check           format, lint, types, import contracts, schema freshness
# make fmt             rewrite the sources in the project's format
# make schema          rewrite schema.graphql and the client files
# make clean           remove everything that was made here
#
# Needs Python 3.11 or newer, make and git. Everything else is installed into .venv.

PORT  ?= 8000
HOST  ?= 127.0.0.1
DATA  ?= demo-data
ARGS  ?=
JOBS  ?= 2

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test check fmt schema clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed '/^Needs/,$$d'

install: $(STAMP)

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. Install one, or say where: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(STAMP)
	@$(BIN)/gateway demo --host "$(HOST)" --port "$(PORT)" --data "$(DATA)"

# Two processes for all tests, one for some of them.
test: $(STAMP)
	@$(BIN)/python -m pytest $(if $(ARGS),,-n $(JOBS) --dist loadgroup) $(ARGS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/gateway export --check

fmt: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(STAMP)
	$(BIN)/gateway export

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

# make bench           measure against an endpoint by hand and DataLoaders; ARGS="--queries q1,q4"
# make bench-plot      draw the newest result into docs/performance.svg
.PHONY: bench bench-plot
BENCH_STAMP := $(VENV)/.bench-installed

$(BENCH_STAMP): $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

bench: $(STAMP)
	@$(BIN)/python -m bench $(ARGS)

bench-plot: $(BENCH_STAMP)
	@$(BIN)/python -m bench.plot $(ARGS)

# make differential    random documents against a plain evaluation; ARGS="--documents 20000 --seed 7 --setup all"
.PHONY: differential
differential: $(STAMP)
	@$(BIN)/python -m tests.differential $(ARGS)

# make bench-scale     questions across databases of a million orders, beside one database; ARGS="--small"
.PHONY: bench-scale
bench-scale: $(STAMP)
	@$(BIN)/python -m bench.scale $(ARGS)

# make clients         code generators, linters and clients of frontends against the schema and a real server
.PHONY: clients
clients: $(STAMP)
	@$(BIN)/python -m pytest tests/test_clients.py -v $(ARGS)

# make crash           kill or stop the gateway and its databases while they write; ARGS="--kills 300 --north mysql"
.PHONY: crash
crash: $(STAMP)
	@$(BIN)/python -m tests.crash $(ARGS)
