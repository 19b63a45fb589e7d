# `make help` lists what there is. Recipes stay one line: the work is done in tools/.
PYTHON ?= python3
VENV := .venv/bin/python
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run test chaos chaos-full lint types format assets lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv and install what requirements.lock names
	@$(PYTHON) tools/bootstrap.py

run: setup ## start everything: PORT=8000 BIND=127.0.0.1 DATA_DIR=.data; Ctrl-C stops it
	@exec $(VENV) -m tools.run

test: setup assets ## every check and the whole test suite; ARGS="-k name" narrows pytest
	@exec $(VENV) -m tools.check $(ARGS)

chaos: setup assets ## break every part under load, about ten minutes; ARGS="--only redis-frozen,everything"
	@exec $(VENV) -m tests.chaos $(ARGS)

chaos-full: setup assets ## the same for most of an hour, with a thousand kills; ARGS=--resume takes it up again
	@exec $(VENV) -m tests.chaos --full $(ARGS)

lint: setup ## style, templates and the arrows between rooms
	@$(VENV) -m tools.check --only ruff,format,djlint,djformat,imports

types: setup ## mypy, strict
	@$(VENV) -m tools.check --only mypy

format: setup ## put Python files and templates into the house's style
	@$(VENV) -m ruff check --fix --quiet . ; $(VENV) -m ruff format . && $(VENV) -m djlint templates --reformat --quiet

assets: setup ## front-end libraries and the icon sprite, into .build/static
	@$(VENV) -m tools.assets

lock: setup ## resolve pyproject.toml and package.json into their locks again
	@$(VENV) -m tools.lock && npm install --package-lock-only

clean: ## remove what make built; your data in DATA_DIR stays
	rm -rf .venv .build node_modules
