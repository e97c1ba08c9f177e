# The two commands are `make run` and `make test`; docs/running.md tells the rest.
# PORT (8000) and VAR_DIR (var) choose the port and the data folder.

SHELL := /bin/sh
PY := .venv/bin/python
# Chinese output on machines whose locale is C.
export PYTHONUTF8 := 1

.PHONY: help run test crawl planted security e2e faults lint format lock reset setup setup-e2e

help: ## this list
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: ## Python packages, front-end assets, PDF libraries (done by the others when needed)
	@scripts/setup.sh

run: setup ## set up and run everything: servers, web, worker, beat
	@exec $(PY) -m config.launch run

reset: setup ## delete the data of VAR_DIR
	@exec $(PY) -m config.launch reset

test: setup ## all tests but the crawl and the browser's, on two cores
	@exec $(PY) -m pytest -n 2 --durations 15 $(ARGS)

crawl: setup ## every address, as everybody, in every way: nobody sees what is another jurisdiction's
	@exec $(PY) -m pytest tests/crawl -m crawl -n 2 $(ARGS)

planted: setup ## plant every bug of tests/planted/ in a copy: does its test turn red? ONLY=words chooses
	@exec $(PY) -m tests.planted.run "$(ONLY)"

security: setup ## write the tables of docs/security.md from tests/planted/
	@$(PY) -m tests.planted.run --write

setup-e2e: setup
	@scripts/setup-chromium.sh

e2e: setup-e2e ## browser tests; screenshots in var/e2e/
	@exec $(PY) -m pytest tests/e2e -m e2e -n 2 --durations 15 $(ARGS)

faults: setup ## 200 experts save at once while web workers are killed: is any accepted save lost?
	@exec $(PY) -m tests.faults.saving

lint: setup ## formatting, rules, imports, types, missing migrations
	@scripts/lint.sh

format: setup ## let ruff write the Python files as the linter wants them
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

lock: ## compile the lock files again from pyproject.toml and package.json
	@scripts/lock.sh
