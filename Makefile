# Everything a newcomer needs: `make demo`, `make test`. Nothing is installed outside .venv; `make` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?=

.PHONY: help demo run test check platforms coverage bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# The stamps name the lock they were made from, so that a changed lock installs anew.
$(VENV)/runtime.stamp: requirements.lock pyproject.toml
	@echo "The packages are installed into $(VENV): about a gigabyte, some minutes."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@ $(VENV)/runtime.stamp

demo: $(VENV)/runtime.stamp ## install into .venv, take in the samples and ask questions of them
	@$(BIN)/sitrep demo
	@echo "The command sitrep is there after: . $(BIN)/activate"

run: $(VENV)/runtime.stamp ## run the bot with the settings in .env
	$(BIN)/sitrep run

check: $(VENV)/dev.stamp ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

platforms: $(VENV)/dev.stamp ## types as they are on Windows and macOS
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin

test: check ## all of check, and every test
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Lines and branches that the tests reach, in the processes that they start too; at least 85 % of each is wanted.
coverage: $(VENV)/dev.stamp ## print how much of the code the tests reach
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -q -n 2 --dist loadfile
	$(BIN)/python -m coverage combine --quiet
	@echo "bot: $$($(BIN)/python -m coverage report --include='bot/*' --format=total) %"
	@echo "retrieval: $$($(BIN)/python -m coverage report --include='retrieval/*' --format=total) %"

# Every figure the README claims, beside its target and its baseline.
bench: $(VENV)/dev.stamp ## print every figure of the README; DATA=folder with the data sets
	$(BIN)/python -m benchmarks.all --data $(DATA)

# Hashes, no registry's address: any index that serves these files will do.
lock: ## make the lock files again from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --group build --group dev --all-extras -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --group build -c requirements-dev.lock -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --group build --extra postgres --extra openai --extra anthropic \
		--extra ollama -c requirements-dev.lock -o deploy/requirements.lock

clean: ## delete what the other targets made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
