# Needs GNU make and Python 3.11 or later, nothing else. `make` alone tells what it can do.

SHELL := /bin/sh
.SHELLFLAGS := -euc
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help install demo test bench lint clean

PYTHON ?=
ARGS ?=
requirements := requirements.txt requirements-dev.txt
python := .venv/bin/python

help: ## what make can do here
	@echo 'make TARGET [ARGS="..."] [PYTHON=python3.12]'
	sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

demo: install ## a first look: environment, services, a simulated company, live traffic, web page
	@exec $(python) manage.py demo $(ARGS)

# The tests have servers of their own: nothing here touches the data in var/, and a cluster made for
# tests does without fsync.
test: install ## lint, types, and the whole test suite; ARGS go to pytest
	@export VAR_DIR="$$PWD/var/test" BONUS_EMBEDDED_FAST=1
	$(MAKE) --no-print-directory lint
	exec $(python) -m pytest -n auto --dist loadgroup $(ARGS)

# On servers of its own, with fsync as in production; two or three hours, and 40 GB under var/bench.
bench: install ## how fast it is, beside how fast it could be: docs/performance.md; ARGS name benchmarks
	@failed=0
	$(python) -m benchmarks --size tenth $(ARGS) || failed=1
	$(python) -m benchmarks --size default --docs $(ARGS) || failed=1
	exit $$failed

lint: install ## style and types alone
	@export VAR_DIR="$$PWD/var/test" BONUS_EMBEDDED_FAST=1
	$(python) -m ruff check --quiet .
	$(python) -m ruff format --check --quiet . || { echo 'Some files want formatting: $(python) -m ruff format .' >&2; exit 1; }
	$(python) -m mypy

# Installed again only when the requirements change or .venv is broken or half made. The lock (on
# this very file, so that nothing is left behind) lets a second make wait for the first.
install: ## the environment alone (.venv), for working by hand
	@fail() { echo "$$1" >&2; exit 1; }
	wanted=$$(cat $(requirements) | cksum)
	is_installed() { [ "$$(cat .venv/installed 2>/dev/null)" = "$$wanted" ] && $(python) -c '' 2>/dev/null; }
	new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
	find_python() {
	    for found in $(or $(PYTHON),python3.11 python3 python3.12 python3.13 python3.14); do
	        $$found -c "$$new_enough" 2>/dev/null && return
	    done
	    fail "Bonus Tracker needs Python 3.11 or later$(if $(PYTHON),: $(PYTHON) is not,; none was found. Name one: make PYTHON=/path/to/python3.11)."
	}
	make_environment() {
	    find_python
	    echo "Making .venv with $$($$found -V)" >&2
	    rm -rf .venv && mkdir .venv && touch .venv/unfinished
	    $$found -m venv .venv >&2 || fail "Python could not make .venv; on Debian and Ubuntu the package python3-venv is missing."
	}
	install_requirements() {
	    touch .venv/unfinished
	    rm -f .venv/installed
	    for file in $(requirements); do
	        echo "Installing $$file" >&2
	        $(python) -m pip install -qq --disable-pip-version-check --no-input -r $$file </dev/null
	    done
	    rm .venv/unfinished
	    echo "$$wanted" > .venv/installed
	}
	stale_translations() {
	    for source in locale/*/LC_MESSAGES/django.po; do
	        compiled="$${source%.po}.mo"
	        [ -e "$$source" ] || continue
	        [ -e "$$compiled" ] && [ ! "$$source" -nt "$$compiled" ] || return 0
	    done
	    return 1
	}
	if is_installed && ! stale_translations; then exit; fi
	find_python
	exec 9>>Makefile
	$$found -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
	if ! is_installed; then
	    if [ -e .venv/unfinished ] || ! $(python) -m pip --version >/dev/null 2>&1; then make_environment; fi
	    install_requirements
	fi
	if stale_translations; then
	    echo 'Compiling translations' >&2
	    $(python) -m babel.messages.frontend --quiet compile -D django -d locale
	fi

clean: ## remove .venv and caches; the data in var/ stays
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
