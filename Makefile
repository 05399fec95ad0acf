# Each verb works on a fresh clone with only Python 3.11+, make and pip: it makes .venv first.

PYTHON ?= python3
PROMPT ?= Tell me about server-sent events in two sentences.
SPEC ?= openapi/cohere-chat-api-openapi.yml
export PROMPT

BIN := .venv/bin
VENV := .venv/.made
# What `make chat` needs; .made is all that `make test` needs.
TOOLS := .venv/.tools

.PHONY: help chat test generate check-drift lint types architecture tests serve bench bench-quick soak test-frameworks test-httpx2 test-wheel test-oldest clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

$(TOOLS): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, and $(PYTHON) is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[generate,testing]'
	@touch $@

$(VENV): pyproject.toml | $(TOOLS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(TOOLS)

chat: generate ## regenerate, then stream an answer to PROMPT="..."; an emulator answers unless CO_API_KEY is set
	@$(BIN)/python examples/chat.py

test: lint types architecture check-drift tests ## all that CI runs

generate: $(TOOLS) ## remake generated/ from the YAML, or from SPEC=PATH, and say what changed; ACCEPT=1 accepts changed removals
	@$(BIN)/python scripts/generate.py $(if $(ACCEPT),--accept) --spec '$(SPEC)'

check-drift: $(TOOLS) ## fail unless generated/ is what the YAML, or SPEC=PATH, makes
	@$(BIN)/python scripts/generate.py --check --spec '$(SPEC)'

lint: $(VENV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)
	$(BIN)/mypy
	$(BIN)/basedpyright

architecture: $(VENV)
	$(BIN)/lint-imports

tests: $(VENV)
	$(BIN)/pytest -n 4 --dist worksteal --cov --cov-report=term

serve: $(TOOLS) ## the emulator, until Ctrl-C; PORT=8000 for a port of your choice
	@$(BIN)/python -m cohere_chat.testing $(PORT)

.bench/.made: pyproject.toml
	$(PYTHON) -m venv .bench
	.bench/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[fast]' cohere httpx-sse httpx2 matplotlib openai
	@touch $@

bench: .bench/.made ## what a call costs, beside raw httpx and the peers, in a venv of its own
	.bench/bin/python benchmarks/bench.py

bench-quick: $(VENV) ## the same with fewer rounds, in about five minutes
	$(BIN)/python benchmarks/bench.py --quick

soak: $(VENV) ## the load for twenty rounds, a thousand forks under load, and ten minutes of fuzzing
	SOAK=1 $(BIN)/pytest -q tests/faults/test_load.py tests/faults/test_fork.py
	FUZZ_EXAMPLES=60000 timeout 1200 $(BIN)/pytest -q --timeout 600 tests/faults/test_fuzz.py

test-frameworks: ## try frameworks on the official SDK and on cohere_chat.compat; GROUP=new|langchain|npm for some
	$(PYTHON) tests/frameworks/run.py $(GROUP)

test-httpx2: $(VENV) ## the fault suite on clients of httpx2, and where httpx2.alias_httpx() has put it in the place of httpx
	HTTPX2=1 $(BIN)/pytest -q -n 4 -k httpx2
	PYTHONPATH=tests/alias $(BIN)/pytest -q -n 4 -W 'ignore:Module already imported' tests/faults $(RUNTIME_TESTS:%=tests/test_%.py)

# The tests that need no sources, against the wheel in a venv of its own, away from them.
RUNTIME_TESTS := sse events accumulate messages response wire settings errors retry client stream recorded emulator
test-wheel: $(VENV) ## build the wheel, install it in a fresh venv away from the sources, and test that
	rm -rf dist .wheel
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	$(PYTHON) -m venv .wheel/venv
	.wheel/venv/bin/python -m pip install --quiet --disable-pip-version-check "$$(ls dist/*.whl)[fast,testing]" httpx2 hypothesis pytest-timeout pytest-xdist trio
	mkdir -p .wheel/tests/faults
	cp tests/__init__.py tests/conftest.py tests/server.py $(RUNTIME_TESTS:%=tests/test_%.py) .wheel/tests
	cp tests/faults/__init__.py tests/faults/scenarios.py .wheel/tests/faults
	cd .wheel && venv/bin/python -I -c 'import cohere_chat, os; assert "site-packages" in cohere_chat.__file__'
	cd .wheel && venv/bin/python -m pytest -q tests

# The same tests against the oldest versions of what we depend on.
OLDEST := attrs==23.2.0 httpx==0.27.0 msgspec==0.21.0 python-dateutil==2.8.2 stamina==25.2.0
test-oldest: $(VENV) ## test with the oldest versions that pyproject.toml allows
	rm -rf .oldest
	$(PYTHON) -m venv .oldest/venv
	.oldest/venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[fast,testing]' $(OLDEST) httpx2 hypothesis pytest-timeout pytest-xdist trio
	.oldest/venv/bin/python -m pytest -q $(RUNTIME_TESTS:%=tests/test_%.py)

clean: ## remove .venv and caches
	rm -rf .venv .wheel .oldest .bench .frameworks .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage dist
