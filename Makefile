# Everything one does with Moyai. `make` alone lists it.

PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready
RUN := $(BIN)/python -m
LOCAL := $(RUN) deploy.local
# API documents and other checks written in Python; each is run as `python -m`.
CHECKS := tools.api_gates

.DEFAULT_GOAL := help
# Each module is compiled once, not by every process of a platform, whatever the machine is used to.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help demo replay test up down status logs token mails containers check bench migration documents format lock

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 18

demo: $(READY) ## play the main job on a fresh platform: ledgers, contracts, premiums to the yen
	@$(LOCAL) demo

replay: $(READY) ## play ledger cases and compare them with what they expect: c=DIR
	@$(LOCAL) replay "$(or $(c),tests/fixtures/ledger)"

test: $(READY) ## the whole suite; k=limit: only tests of that name
	@$(RUN) pytest -n 2 --dist loadgroup $(if $(k),-k "$(k)")

up: $(READY) ## start the platform and say where it is
	@$(LOCAL) up

down: $(READY) ## stop the platform; its data stays
	@$(LOCAL) down

status: $(READY) ## what runs, and where
	@$(LOCAL) status

logs: $(READY) ## follow the logs of one service: s=buyers
	@$(LOCAL) logs $(s)

token: $(READY) ## an access token of staff, for curl
	@$(LOCAL) token

mails: $(READY) ## what the local platform has sent to a mail address: to=hanako@example.com
	@$(LOCAL) mails $(to)

containers: $(READY) ## start the platform in containers instead; needs Docker with Compose
	@$(RUN) deploy.containers
	docker compose up --build --detach --wait

check: $(READY) ## format, lint, types, import contracts, dependencies, API documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(foreach check,$(CHECKS),$(RUN) $(check) &&) true

bench: $(READY) ## measure floors and goals, and print their ratios
	@$(RUN) bench

migration: $(READY) ## write a migration from what tables.py says: s=buyers m="limit confirmations"
	@$(LOCAL) migration $(s) "$(m)"

documents: $(READY) ## write openapi.json and the other documents anew from the code
	@$(RUN) tools.api_documents write

format: $(READY) ## put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## take the newest libraries that fit, and lock them
	$(BIN)/uv pip compile --upgrade --quiet --universal --generate-hashes --no-emit-index-url \
		--python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --upgrade --quiet --universal --generate-hashes --no-emit-index-url \
		--python-version 3.11 pyproject.toml --group local --group dev -o requirements-dev.lock

# The environment: pip brings uv, uv brings the rest; both accept nothing but the locked hashes.
$(READY): requirements-dev.lock requirements-uv.lock
	@echo "Making the environment in .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-uv.lock
	@# Compiled once here, not by each of the dozen processes of a platform that starts.
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes \
		requirements-dev.lock
	@touch $@
