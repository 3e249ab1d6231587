# make run: install, build the index of the shipped library, open the web app.   make test: install what tests need, run them.
# make test-all: the same in a browser and on PostgreSQL too, killed at every moment, and with more examples.
# make screenshots: the pictures in the READMEs, made again; needs Chromium.   make docs: their generated parts.
# make lock: docs/requirements.txt, which servers are installed from; LOCK=--upgrade takes newer versions.
# make sbom: steward.cdx.json, what is in that lock, as CycloneDX.   make vulnerabilities: what is known against it.
# All are safe to repeat. A CPU-only PyTorch: make run TORCH_INDEX=<address of PyTorch's CPU package index>

PYTHON ?= python3
TORCH_INDEX ?=
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal

.PHONY: run ingest test test-all screenshots docs lock sbom vulnerabilities evals lint format clean

run: ingest
	$(BIN)/python app.py

ingest: $(VENV)/.installed
	$(BIN)/steward ingest

# The tests start many processes, and each would compile all modules again.
test test-all: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.developing
	$(PYTEST)

test-all: $(VENV)/.developing
	.ci/postgresql $(PYTEST) --thorough -rs

screenshots: $(VENV)/.developing ingest
	SCREENSHOTS=tests/browser/screenshots $(BIN)/python -m pytest -rs tests/browser/test_screenshots.py

docs: $(VENV)/.developing
	$(BIN)/python -m tests.documentation

lock: $(VENV)/.developing
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' | \
	$(BIN)/uv pip compile pyproject.toml - $(foreach extra,openai otel postgresql s3 sign-in,--extra $(extra)) \
		--universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' --quiet $(LOCK) --output-file docs/requirements.txt

sbom: $(VENV)/.developing
	$(BIN)/python -W ignore::UserWarning:cyclonedx.model.bom -m cyclonedx_py requirements docs/requirements.txt \
		--pyproject pyproject.toml --output-reproducible --output-file steward.cdx.json

# Strict, since a release that cannot be looked up would pass as one without vulnerabilities.
vulnerabilities: $(VENV)/.developing
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement docs/requirements.txt --progress-spinner off \
	|| { echo 'Not clean: a release has a known vulnerability, or its data could not be reached; see above.' >&2; exit 1; }

evals: $(VENV)/.developing
	$(BIN)/steward eval check
	$(BIN)/inspect eval evals/tasks/questions.py@grounding --model none --limit 3 --log-dir evals/logs --display none
	$(BIN)/steward eval run --no-floors
	$(BIN)/steward eval gate

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.developing
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Steward needs Python 3.11 or newer, found %s; name one: make run PYTHON=python3.12" % sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(if $(TORCH_INDEX),$(BIN)/python -m pip install --quiet torch --index-url $(TORCH_INDEX))
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) indexes/generations indexes/cache indexes/current indexes/evals indexes/evals-*
