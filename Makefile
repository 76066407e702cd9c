# Myosotis. `make help` lists what there is; each target does its own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done || echo python3)
# Byte code is kept, whatever the shell says: without it each of the many processes compiles everything anew.
export PYTHONDONTWRITEBYTECODE :=
BIN := .venv/bin
STAMP := .venv/.installed
PEERS := build/peers-venv/.installed

.PHONY: help setup demo test test-fast check format screens languages compose-test bench bench-matching bench-privacy bench-scale vectors clean bench-pages

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup: $(STAMP) ## Make .venv with everything in it, and the command `myosotis`

$(STAMP): requirements-dev.txt pyproject.toml deploy/host-packages
	@deploy/host-packages python
	@echo "Setting up .venv (about half a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## Three organisations exchange alerts and find a possible match (CHECK=1 verifies and ends)
	@deploy/host-packages broker
	@$(BIN)/python -m demo $(if $(CHECK),--check,)

test: setup ## Every test there is, on real servers and a real browser
	@deploy/host-packages broker database browser
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not (compose or ondemand)" $(ARGS)

test-fast: setup ## The tests that need no server; under a minute
	@$(BIN)/python -m pytest -q -n 2 -m "not (slow or broker or database or browser or demo or compose or ondemand)" tests/unit tests/property tests/architecture $(ARGS)

check: setup ## Format, lint, strict types, import contracts, unused dependencies, security lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@$(BIN)/bandit --quiet --recursive -c pyproject.toml admin demo services shared

format: setup ## Format the code and mend what can be mended by itself
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

screens: setup ## A picture of every page in build/screenshots (ONLY=cases draws a few)
	@deploy/host-packages browser
	@$(BIN)/python -m tests.web.screens

languages: setup ## How much of the desk each language says; CODE=pl lists what is missing there
	@$(BIN)/python -m services.intake.desk.translated $(CODE)

compose-test: setup ## The three-organisation compose profile on a real Docker engine, checked like the demo
	@$(BIN)/python -m pytest -m compose tests/compose $(ARGS)

bench: setup ## Measure speed as ratios within one run; writes build/bench.json
	@deploy/host-packages broker
	@$(BIN)/python -m bench

bench-matching: setup $(PEERS) ## How well matching finds people, beside its peers (SETS, METHODS choose)
	@$(BIN)/python -m bench.matching $(if $(SETS),--sets $(SETS)) $(if $(METHODS),--methods $(METHODS)) \
		$(if $(POLITICIANS),--politicians $(POLITICIANS))

bench-privacy: setup ## What can be read back from what is sent and kept; POPULATIONS=Lithuania chooses
	@$(BIN)/python -m bench.privacy $(if $(POPULATIONS),--populations $(POPULATIONS))

bench-pages: setup ## Weight and time of every page of the desk at 10,000 cases; writes build/bench_pages.json
	@$(BIN)/python -m bench.pages --page docs/BENCHMARK.md

bench-scale: setup ## 10 alerts a second against 100,000 own cases, and 50 partners; five minutes
	@$(BIN)/python -m bench.scale

$(PEERS): bench/matching/requirements-peers.txt bench/matching/requirements-peers-compiled.txt
	@echo "Setting up build/peers-venv, for the comparison alone (about two minutes) ..."
	@$(PYTHON) -m venv build/peers-venv
	@build/peers-venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: -r $<
	@build/peers-venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $(word 2,$^) \
		|| echo "Not every peer could be installed; the table says which."
	@touch $@

vectors: setup ## Write tests/vectors anew (a protocol change: say so in the CHANGELOG)
	@for generator in tests/vectors/generate_*.py; do $(BIN)/python $$generator; done
	@$(BIN)/python -m tests.unit.intake_domain.write_vectors

clean: ## Remove what building and running left
	rm -rf build .venv *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
