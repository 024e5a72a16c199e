# gisops: set up, run, prove. Everything stays in this folder (.venv, run).
PYTHON ?= python3
VENV := .venv
GISOPS := $(VENV)/bin/gisops

.PHONY: env demo test test-all lint bench screenshots city clean

env: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python: older than 3.11: set PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements.lock
	$(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: env
	@exec $(GISOPS) demo

lint: env
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# What the tests need of the system: Chromium for the browser tests, net-snmp as the oracle.
test: env
	@sh tools/system-packages.sh
	$(MAKE) --no-print-directory lint
	$(VENV)/bin/pytest

# The same, with the tests that take many seconds each.
test-all: env
	@sh tools/system-packages.sh
	$(MAKE) --no-print-directory lint
	$(VENV)/bin/pytest -m "slow or not slow"

# Every bench of gisops.cli.bench; a missed goal fails the target once all of them have been measured.
bench: env
	-@sh tools/system-packages.sh
	@sh tools/bench-packages.sh
	@missed=""; for name in $$($(VENV)/bin/python -c 'from gisops.cli.bench import BENCHES; print(*BENCHES)'); do \
		$(GISOPS) bench $$name --json --write docs/benchmarks.md || missed="$$missed $$name"; \
	done; [ -z "$$missed" ] || { echo "bench: goals missed or not measured:$$missed" >&2; exit 1; }

screenshots: env
	@sh tools/system-packages.sh
	$(VENV)/bin/python -m tools.screenshots

city: env
	$(VENV)/bin/python -m tools.city.basemap
	$(VENV)/bin/python -m tools.city.inventory
	$(VENV)/bin/python -m tools.city.incidents
	$(VENV)/bin/python -m tools.city.buildings

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
