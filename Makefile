# The tasks of Redress. POSIX sh, GNU make 4.3 or newer, nothing else to begin with.
# `make` alone lists them.

SHELL = /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run pages test check bench mutate chaos simulate lock clean

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input
# The project itself: its dependencies came from the lock file, its build tool too.
INSTALL_PROJECT := $(PIP_INSTALL) --quiet --no-deps --no-build-isolation --no-index --editable .
# Test processes: one for each core, at most four, because they share two servers.
WORKERS ?= logical
# Further arguments, for example: make test ARGS="-k escalation", make run ARGS="--port 8001".
ARGS ?=
# How long `make chaos` lets things fail, for example: make chaos MINUTES=30 SEED=7.
MINUTES ?= 10
SEED ?=
# How many runs `make simulate` makes, and the first of them: make simulate SEEDS=50000, or one again with FIRST=4711.
SEEDS ?= 5000
FIRST ?= 1

help: ## list these tasks
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)$$/  make \1#\2/p' $(MAKEFILE_LIST) | \
	    awk -F'#' '{ printf "%-14s %s\n", $$1, $$2 }'

setup: $(VENV)/.ready-dev ## create .venv from the lock files and install redress there, with all tools

# Pages work without their style and script too, so a machine that npm's registry cannot be reached
# from still runs; it says so.
run: $(VENV)/.ready-run ## start everything on this machine and serve on 127.0.0.1:8000 (Ctrl-C stops)
	@$(BIN)/python -m shared.web.building || echo "Going on with plain pages." >&2
	@$(BIN)/redress up $(ARGS)

pages: $(VENV)/.ready-run ## build the pages' style and script from their locked npm packages
	@$(BIN)/python -m shared.web.building

test: $(VENV)/.ready-dev pages ## run all tests on private PostgreSQL and RabbitMQ servers
	@$(BIN)/python -m tests.support
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist worksteal $(ARGS)

check: $(VENV)/.ready-dev ## check format, lint, import rules, types and the tidy tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/python -m pytest --quiet -p no:randomly tests/architecture

# Some alone: make bench ARGS="timers publish". As rows for docs/performance.md: make bench ARGS=--table.
bench: $(VENV)/.ready-dev ## measure, each figure beside its floor in the same run (ten minutes, quiet machine)
	@$(BIN)/python -m benchmarks $(ARGS)

# In processes of their own on private servers; a seed gives the same order of faults again.
chaos: $(VENV)/.ready-dev ## let all that can fail do so under load for MINUTES=10, and judge (SEED=1)
	@$(BIN)/python -m tests.support
	@$(BIN)/python -m tests.chaos --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) $(ARGS)

# On models of both servers: nothing is started. A seed that breaks a promise ends it, and says how to see it again.
simulate: $(VENV)/.ready-dev ## run SEEDS=5000 simulated years with every fault, from FIRST=1 on
	@nice $(BIN)/python -m tests.simulation --seeds $(SEEDS) --first $(FIRST) $(ARGS)

# In a copy (build/mutation), because the rules are changed there. Run again, it goes on: what was noticed stays noticed.
# One module: make mutate ARGS=services.workflow.domain.guards. From the beginning: make mutate ARGS=--fresh.
mutate: $(VENV)/.ready-dev ## change the rules one by one and list what no test notices; fails below 90 % (half an hour)
	@nice $(BIN)/python -m tests.mutation $(ARGS)

# Writes both lock files afresh, with the newest versions that pyproject.toml allows.
# Needs uv (https://docs.astral.sh/uv/), for example `pip install uv`, then make lock UV=path/to/uv.
# No addresses are written, so the files install from any mirror of PyPI.
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --no-config --upgrade \
    --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links
lock: ## write requirements.lock and requirements-dev.lock afresh (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(COMPILE) --group build pyproject.toml --output-file requirements.lock
	$(COMPILE) --group dev --extra tracing --constraints requirements.lock pyproject.toml \
	    --output-file requirements-dev.lock

clean: ## remove the environment and everything the tools wrote (your data stay)
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian keeps `ensurepip` in a package of its own, python3-venv.
$(VENV)/.created:
	@command -v $(PYTHON) >/dev/null || \
	    { echo "Python 3.11 or newer is missing: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Redress needs Python 3.11 or newer: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        echo "Installing python3-venv"; \
	        apt-get update -qq && \
	        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv; \
	    else \
	        echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; \
	    fi; }
	@rm -rf $(VENV)
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.ready-run: requirements.lock pyproject.toml | $(VENV)/.created
	$(PIP_INSTALL) --require-hashes --requirement requirements.lock
	$(INSTALL_PROJECT)
	@touch $@

# The development lock holds everything of the other one, in the same versions.
$(VENV)/.ready-dev: requirements-dev.lock pyproject.toml | $(VENV)/.created
	$(PIP_INSTALL) --require-hashes --requirement requirements-dev.lock
	$(INSTALL_PROJECT)
	@touch $(VENV)/.ready-run $@
