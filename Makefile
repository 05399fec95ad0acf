# Each verb works on a fresh clone with only Python 3.11+, make and pip: it makes .venv first.

PYTHON ?= python3
PROMPT ?= Tell me about server-sent events in two sentences.
SPEC ?= openapi/cohere-chat-api-openapi.yml
export PROMPT

BIN := .venv/bin
VENV := .venv/.made
# What `make chat` needs; .made is all that `make test` needs.
TOOLS := .venv/.tools

.PHONY: help chat test generate check-drift lint types architecture docs docs-serve tests serve bench bench-quick soak
.PHONY: test-frameworks test-httpx2 test-ray dist test-wheel test-pythons clean
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 22

$(TOOLS): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, and $(PYTHON) is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[generate,testing]'
	@touch $@

$(VENV): pyproject.toml | $(TOOLS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(TOOLS)

chat: generate ## regenerate, then stream an answer to PROMPT="..."; an emulator answers if CO_API_KEY is not set
	@$(BIN)/python examples/chat.py

test: lint types architecture check-drift docs tests ## run all checks and tests; CI also runs test-wheel

generate: $(TOOLS) ## regenerate from the YAML, or from SPEC=PATH, and report the changes; ACCEPT=1 accepts changed removals
	@$(BIN)/python scripts/generate.py $(if $(ACCEPT),--accept) --spec '$(SPEC)'

check-drift: $(TOOLS) ## fail if generated/ is not what the YAML, or SPEC=PATH, generates
	@$(BIN)/python scripts/generate.py --check --spec '$(SPEC)'

lint: $(VENV) ## run Ruff
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV) ## run mypy and basedpyright
	$(BIN)/mypy
	$(BIN)/basedpyright

architecture: $(VENV) ## check who imports whom
	$(BIN)/lint-imports

docs: $(VENV) ## build the documentation site into site/; broken links and missing anchors fail
	$(BIN)/zensical build --clean --strict

docs-serve: $(VENV) ## show the documentation site while you write
	$(BIN)/zensical serve

tests: $(VENV) ## run the tests, with coverage
	$(BIN)/pytest -n 4 --dist worksteal --cov --cov-report=term

serve: $(TOOLS) ## run the emulator until Ctrl-C, on PORT=8000 or on any free port
	@$(BIN)/python -m cohere_chat.testing $(PORT)

.bench/.made: pyproject.toml
	$(PYTHON) -m venv .bench
	.bench/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[fast]' cohere httpx-sse httpx2 matplotlib openai
	@touch $@

bench: .bench/.made ## measure what a call costs, beside raw httpx and other SDKs, in a separate venv
	.bench/bin/python benchmarks/bench.py

bench-quick: $(VENV) ## the same with fewer rounds, in about five minutes
	$(BIN)/python benchmarks/bench.py --quick

soak: $(VENV) ## run twenty rounds of load, a thousand forks under load, twenty kills of a bulk run, ten minutes of fuzzing
	SOAK=1 $(BIN)/pytest -q tests/faults/test_load.py tests/faults/test_fork.py
	SOAK=1 $(BIN)/pytest -q --timeout 1800 tests/test_bulk.py -k kill_9
	FUZZ_EXAMPLES=60000 timeout 1200 $(BIN)/pytest -q --timeout 600 tests/faults/test_fuzz.py

test-frameworks: ## run frameworks on the official SDK and on cohere_chat.compat; GROUP=new|langchain|npm for some of them
	$(PYTHON) tests/frameworks/run.py $(GROUP)

test-httpx2: $(VENV) ## run the fault suite with clients of httpx2, and with httpx2 in place of httpx (httpx2.alias_httpx())
	HTTPX2=1 $(BIN)/pytest -q -n 4 -k httpx2
	PYTHONPATH=tests/alias $(BIN)/pytest -q -n 4 -W 'ignore:Module already imported' tests/faults $(RUNTIME_TESTS:%=tests/test_%.py)

test-ray: ## run bulk.ray with two actors and kill them, in a separate venv: Ray is large
	$(PYTHON) -m venv .ray
	.ray/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[ray,testing]' httpx2 hypothesis pytest-timeout trio trustme
	.ray/bin/python -m pytest -q tests/test_bulk_ray.py

# The tests that need no sources. They run against the installed wheel, away from the sources.
RUNTIME_TESTS := sse events accumulate messages response wire settings errors retry client stream recorded emulator
# The oldest versions that pyproject.toml allows.
OLDEST := attrs==23.2.0 httpx==0.27.0 httpx-aiohttp==0.2.0 msgspec==0.21.0 python-dateutil==2.8.2 sniffio==1.3.0 stamina==25.2.0 urllib3==2.2.0
OLDEST += pytest==8.0.0 pytest-httpserver==1.1.0
OLDEST += markdown-it-py==2.2.0 opentelemetry-api==1.30.0 prompt_toolkit==3.0.36 rich==13.7.0 typer==0.15.4

dist: ## build the sdist and the wheel into dist/, and check them
	rm -rf dist .wheel/tools
	$(PYTHON) -m venv .wheel/tools
	.wheel/tools/bin/python -m pip install --quiet --disable-pip-version-check build check-wheel-contents mypy twine
	.wheel/tools/bin/python -m build --outdir dist
	.wheel/tools/bin/twine check --strict dist/*
	.wheel/tools/bin/check-wheel-contents --toplevel cohere_chat,cohere_chat_api_client,pytest_cohere_chat.py dist/*.whl

test-wheel: dist ## test the wheel with the newest and with the oldest versions of its dependencies
	$(call test_wheel,newest,)
	$(call test_wheel,oldest,$(OLDEST))

# In a venv of its own: the tests, and whether type checkers find the types.
define test_wheel
	rm -rf .wheel/$1
	$(PYTHON) -m venv .wheel/$1/venv
	.wheel/$1/venv/bin/python -m pip install --quiet --disable-pip-version-check "$$(ls dist/*.whl)[cli,fast,otel,testing]" $2 httpx2 hypothesis pytest-timeout pytest-xdist trio
	mkdir -p .wheel/$1/tests/faults
	cp tests/__init__.py tests/conftest.py tests/server.py tests/typing/api.py $(RUNTIME_TESTS:%=tests/test_%.py) .wheel/$1/tests
	cp tests/faults/__init__.py tests/faults/scenarios.py .wheel/$1/tests/faults
	cd .wheel/$1 && venv/bin/python -I -c 'import cohere_chat, os; assert "site-packages" in cohere_chat.__file__'
	cd .wheel/$1 && venv/bin/cohere-chat ask --help >/dev/null && venv/bin/python -c 'from cohere_chat import otel; otel.instrument()'
	cd .wheel/$1 && ../tools/bin/mypy --strict --python-executable venv/bin/python tests/api.py
	cd .wheel/$1 && venv/bin/python -m pytest -q tests
endef

test-pythons: ## do test-wheel on each Python that is installed: 3.11, 3.12, 3.13
	@for version in 3.11 3.12 3.13; do \
	  if python$$version -c '' 2>/dev/null; then $(MAKE) test-wheel PYTHON=python$$version || exit 1; \
	  else echo "Python $$version is not installed"; fi; done

clean: ## remove all venvs, caches and builds
	rm -rf .venv .wheel .bench .cache .frameworks .ray site .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage dist
