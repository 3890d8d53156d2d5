# Storekeeper's commands. `make` alone prints them.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:

# The interpreter that the virtual environments are made with: the newest that runs. A command that is there may still
# not run (a version manager's shim). Looked at only when an environment is made.
IS_NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	if $$name $(IS_NEW_ENOUGH) 2>/dev/null; then command -v $$name; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
SAM_VENV := .venv-sam
ENV ?= dev
REGION ?= eu-central-1

# Folders that are checked. One that is not there yet is left out, and checked from the day it is.
SOURCES := $(foreach folder,layers/storekeeper functions local tools tests bench,$(if $(shell find $(folder) -name '*.py' 2>/dev/null | head -1),$(folder)))
STATE_MACHINES := $(wildcard statemachines/*.asl.json statemachines/*.asl.yaml)
PINS := layer-core layer-http layer-payments local dev sam

# Offline and the same on every machine: no telemetry, no region or profile of whoever runs it.
SAM := SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=$(REGION) $(SAM_VENV)/bin/sam
PIP_INSTALL := -m pip install -qq --disable-pip-version-check --require-hashes --no-deps --only-binary=:all:
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadgroup

.PHONY: help
help: ## Print these commands.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- environments -----------------------------------------------------------------------------------------------
# A stamp is newer than the pins it was installed from; pip runs again only when they change.

$(BIN)/python $(SAM_VENV)/bin/python:
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then echo "Storekeeper needs Python 3.11 or newer and found none. Name one: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; fi; \
	if ! "$$python" $(IS_NEW_ENOUGH); then echo "Storekeeper needs Python 3.11 or newer, and $$python is not. Name another: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; fi; \
	"$$python" -m venv $(@:/bin/python=)

$(VENV)/.local-installed: requirements/local.txt | $(BIN)/python
	@echo "Installing what the local cloud needs into $(VENV) ..."
	@$(BIN)/python $(PIP_INSTALL) -r $<
	@touch $@

$(VENV)/.dev-installed: requirements/dev.txt | $(BIN)/python
	@echo "Installing what the tests and checks need into $(VENV) ..."
	@$(BIN)/python $(PIP_INSTALL) -r $<
	@touch $@ $(VENV)/.local-installed

$(SAM_VENV)/.installed: requirements/sam.txt | $(SAM_VENV)/bin/python
	@echo "Installing the SAM command line into $(SAM_VENV) (once; 340 MB) ..."
	@$(SAM_VENV)/bin/python $(PIP_INSTALL) -r $<
	@touch $@

.PHONY: install
install: $(VENV)/.dev-installed $(SAM_VENV)/.installed ## Install everything that the other commands need.

.PHONY: requirements
requirements: $(VENV)/.dev-installed ## Compile requirements/*.in to *.txt, with hashes, for every Python from 3.11.
	@for name in $(PINS); do env -u PIP_FIND_LINKS $(BIN)/uv pip compile --no-config --universal --python-version 3.11 \
		--generate-hashes --no-header --quiet --output-file requirements/$$name.txt requirements/$$name.in || exit 1; done

# --- the system on this machine ---------------------------------------------------------------------------------

.PHONY: run
run: $(VENV)/.local-installed ## Start the whole system here, with demo data (PORT=8000).
	@exec $(BIN)/python -m local up

.PHONY: stop
stop: $(VENV)/.local-installed ## Stop it.
	@exec $(BIN)/python -m local stop

.PHONY: reset
reset: $(VENV)/.local-installed ## Stop it and forget its data.
	@exec $(BIN)/python -m local reset

.PHONY: status
status: $(VENV)/.local-installed ## Say what is running, and where.
	@exec $(BIN)/python -m local status

# --- tests and checks -------------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.dev-installed ## Run every test.
	@$(PYTEST)

.PHONY: format
format: $(VENV)/.dev-installed ## Lay out the code and sort its imports.
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --select I --fix $(SOURCES)

.PHONY: lint
lint: $(VENV)/.dev-installed ## Layout, lint and ranks.
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(if $(wildcard layers/storekeeper/storekeeper),PYTHONPATH=layers/storekeeper $(BIN)/lint-imports --no-cache,echo "There is no domain package to check the ranks of.")

.PHONY: types
types: $(VENV)/.dev-installed ## Types, strictly.
	@$(BIN)/mypy $(SOURCES)

.PHONY: validate
validate: $(VENV)/.dev-installed $(SAM_VENV)/.installed ## The template and the state machines.
	@$(BIN)/cfn-lint template.yaml
	@$(SAM) validate --lint --template template.yaml
	@$(if $(STATE_MACHINES),$(BIN)/python -m tools.statemachines $(STATE_MACHINES),echo "There are no state machines to validate.")

.PHONY: check
check: ## Everything that CI runs: layout, lint, types, template, tests.
	@$(MAKE) --no-print-directory -j2 --output-sync=target lint types validate
	@$(MAKE) --no-print-directory test

.PHONY: mutants
mutants: $(VENV)/.dev-installed ## Remove each condition on a write in turn and show the test that fails.
	@$(BIN)/python -m tools.mutants --only "$(ONLY)"

.PHONY: bench
bench: $(VENV)/.dev-installed ## Measure processor time, capacity units, cold start, sizes, and what a sale costs.
	@PYTHONPATH=functions:layers/storekeeper:. $(BIN)/python -m bench

.PHONY: bench-inventory
bench-inventory: $(VENV)/.dev-installed ## Measure stock at scale: lists, reports, reconciliation, bulk adjustments (SKUS=100000).
	@PYTHONPATH=functions:layers/storekeeper:. $(BIN)/python -m bench.inventory 100000 $(or $(SKUS),100000)

.PHONY: memory
memory: $(VENV)/.dev-installed ## Weigh the whole local stack a minute after its last call (two minutes).
	@PYTHONPATH=functions:layers/storekeeper:. $(BIN)/python -m bench.memory

.PHONY: bench-accept
bench-accept: $(VENV)/.dev-installed ## The same, and accept what a sale costs now (bench/cost.json).
	@PYTHONPATH=functions:layers/storekeeper:. $(BIN)/python -m bench --accept

.PHONY: simulate
simulate: $(VENV)/.dev-installed ## Run N seeded histories under faults; SEED=n shows one step by step.
	@PYTHONPATH=functions:layers/storekeeper $(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),-n $(or $(N),10000))

.PHONY: simulate-mutants
simulate-mutants: $(VENV)/.dev-installed ## Plant deliberate bugs, and show that the simulation finds each.
	@PYTHONPATH=functions:layers/storekeeper $(BIN)/python -m tests.simulation --mutants

.PHONY: fuzz
fuzz: $(VENV)/.dev-installed ## Try FUZZ times as many inputs, and other ones, than the tests do (FUZZ=20).
	@FUZZ=$(or $(FUZZ),20) $(PYTEST) tests/fuzz

.PHONY: soak
soak: $(VENV)/.dev-installed ## Use and abuse a running stack for MINUTES=5, then hold all of it together.
	@PYTHONPATH=functions:layers/storekeeper:. $(BIN)/python -m tools.soak --minutes $(or $(MINUTES),5)

.PHONY: docs
docs: $(VENV)/.dev-installed ## Write the page of the data model from the code.
	@PYTHONPATH=layers/storekeeper $(BIN)/python -m tools.data_model

.PHONY: openapi
openapi: $(VENV)/.dev-installed ## Write the merged OpenAPI document from the code.
	@PYTHONPATH=functions:layers/storekeeper $(BIN)/python -m tools.openapi

# --- building and deploying -------------------------------------------------------------------------------------

.PHONY: build
build: $(VENV)/.local-installed $(SAM_VENV)/.installed ## Build what is deployed (sam build).
	@$(SAM) build

.PHONY: known-environment
known-environment:
	@case "$(ENV)" in dev|staging|production) ;; *) echo "ENV is dev, staging or production, not '$(ENV)'." >&2; exit 2;; esac

.PHONY: deploy
deploy: known-environment $(VENV)/.local-installed $(SAM_VENV)/.installed ## Build and deploy: ENV=dev, staging or production.
	@SAM_CLI_TELEMETRY=0 $(SAM_VENV)/bin/sam build --config-env $(ENV)
	@SAM_CLI_TELEMETRY=0 $(SAM_VENV)/bin/sam deploy --config-env $(ENV)

.PHONY: clean
clean: ## Remove what was built, not what was installed or is kept locally.
	@rm -rf .build .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find $(SOURCES) -type d -name __pycache__ -prune -exec rm -rf {} +
