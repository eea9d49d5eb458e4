# Everything a newcomer, a developer and CI need. `make help` lists it.
# Needs make and Python; all else comes into .venv, from the lock file, checked against its hashes.
# Paths are relative on purpose: the folder may have spaces in its name.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check

# Stamps are named after what they were made from: a changed lock or project file, or a folder that was
# moved (programs in .venv know where they stand), makes them anew.
MADE := $(VENV)/.made-$(shell pwd | cksum | cut -d' ' -f1)
LOCKED := $(VENV)/.locked-$(shell cksum < requirements.lock | cut -d' ' -f1)
READY := $(VENV)/.ready-$(shell cat pyproject.toml requirements.lock | cksum | cut -d' ' -f1)

# Debian packages beyond Python, one a line: the package, then the tests that cannot run without it.
# (Without chromium only the few tests that look at pages in a browser are skipped, each saying so;
# without postgresql those of a ledger and a gradebook on a server, without podman those of containers,
# without Slurm those of its workers.)
define PACKAGES
chromium
postgresql
podman
runc
slurmctld
slurmd
slurm-client
munge
libseccomp2 tests/sandbox tests/attacks tests/notebooks tests/batch tests/quality tests/test_grading.py
endef
export PACKAGES

APT := DEBIAN_FRONTEND=noninteractive apt-get -qq

.PHONY: help setup packages proxy hub demo lint types test verify bench check docs source lock
.DEFAULT_GOAL := help

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-14s %s\n' "$$name" "$$text"; done

setup: $(READY) ## make .venv and install everything into it
	@:

demo: setup ## grade a made-up class of 24 and show what each got
	@$(RUN) -m graders demo

lint: setup ## look for mistakes and untidy formatting
	@$(RUN) -m ruff check --quiet .
	@$(RUN) -m ruff format --check --quiet graders tests bench

types: setup ## check the types
	@$(RUN) -m mypy

hub: ## start a JupyterHub to try: students' servers, grading on arrival, a live page (as root)
	@sh deploy/jupyterhub/start.sh

# Two files of tests at a time: most tests wait for one kernel after another. More would crowd timed ones.
test: setup packages proxy lint types ## run all checks and tests
	@without=''; printf '%s\n' "$$PACKAGES" | { while read -r package tests; do \
		if command -v dpkg > /dev/null && ! dpkg -s "$$package" > /dev/null 2>&1; then \
			for t in $$tests; do without="$$without --ignore=$$t"; done; \
		fi; done; \
	OMP_NUM_THREADS=1 $(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $$without; }

verify: setup ## test the hidden tests of all chapters: reference, release and catalogued mistakes
	@$(RUN) -m graders verify

bench: setup ## measure this grader against nbgrader on this machine and write docs/performance.md
	@$(RUN) bench/side_by_side.py --write docs/performance.md

check: test ## what CI runs: the same as make test

docs: setup ## build the pages under docs/ into build/site, and check their links
	@NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --quiet --clean

source: setup ## compile the chapters' text, check it, and make the student versions
	@$(RUN) -m graders source build
	@$(RUN) -m graders source check
	@$(RUN) -m graders release

# Only the public index, by package name: extra indexes of this machine must leave no trace in the lock.
# Of each package the files for Linux on both architectures are kept; 3.11.2 is the Python of Debian 12.
PLAIN := env -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS -u PIP_TRUSTED_HOST \
	PIP_CONFIG_FILE=/dev/null
UPGRADE ?=
GLIBC := 2_34 2_31 2_28 2_27 2_26 2_24 2_17 2_12 2_5

define KEEP
import glob, json, platform, re
from importlib.metadata import version

reports = [json.load(open(path)) for path in glob.glob(".venv/lock/*.json")]
files = [item["download_info"] for report in reports for item in report["install"]]
kept = {file["archive_info"]["hashes"]["sha256"] for file in files}
text = open(".venv/lock/requirements.txt").read()
text = re.sub(r" \\\n    --hash=sha256:(\w+)", lambda found: found[0] if found[1] in kept else "", text)
made = f"Python {platform.python_version()} and pip-tools {version('pip-tools')}"
print(f"# For Linux with Python 3.11 to 3.13, made with {made}.", text, sep="\n", end="")
endef
export KEEP

lock: setup ## make the lock file again from pyproject.toml (UPGRADE=1: with the newest versions)
	@echo 'Choosing versions and collecting hashes (some minutes)'
	@rm -rf $(VENV)/lock && mkdir $(VENV)/lock && cp requirements.lock $(VENV)/lock/requirements.txt
	@$(PLAIN) CUSTOM_COMPILE_COMMAND='make lock' $(RUN) -m piptools compile --quiet $(UPGRADE:1=--upgrade) \
		--all-extras --generate-hashes --no-reuse-hashes --strip-extras --allow-unsafe --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --no-emit-options \
		--output-file $(VENV)/lock/requirements.txt pyproject.toml
	@sed -n 's/^\([^ #][^ ]*==[^ ]*\).*/\1/p' $(VENV)/lock/requirements.txt > $(VENV)/lock/plain.txt
	@for arch in x86_64 aarch64; do for python in 3.11.2 3.12 3.13; do \
		echo "Looking for the files for Python $$python on $$arch"; \
		$(PLAIN) $(PIP) install -qq --dry-run --ignore-installed --no-deps --only-binary=:all: \
			--python-version $$python $(foreach glibc,$(GLIBC),--platform manylinux_$(glibc)_$$arch) \
			--platform manylinux2014_$$arch --target $(VENV)/lock/none \
			--report $(VENV)/lock/$$python-$$arch.json --requirement $(VENV)/lock/plain.txt || exit 1; \
		done; done
	@$(RUN) -c "$$KEEP" > $(VENV)/lock/new && mv $(VENV)/lock/new requirements.lock

packages: setup
	@printf '%s\n' "$$PACKAGES" | while read -r package tests; do \
		command -v dpkg > /dev/null || continue; \
		dpkg -s "$$package" > /dev/null 2>&1 && continue; \
		if [ "$$(id -u)" = 0 ]; then \
			echo "Installing the Debian package $$package"; \
			$(APT) update && $(APT) install -y --no-install-recommends "$$package" > /dev/null || exit 1; \
		else \
			echo "Left out: $$tests, because $$package is missing. As root: apt-get install $$package"; \
		fi; done

# The tests of the hub need its proxy, a program of Node.js, from a lock file with hashes too.
PROXY := $(VENV)/proxy/.made-$(shell cksum < deploy/jupyterhub/package-lock.json | cut -d' ' -f1)

proxy: setup
	@test -e $(PROXY) || { \
		if ! command -v npm > /dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
			echo 'Installing the Debian packages nodejs and npm'; \
			$(APT) update && $(APT) install -y --no-install-recommends nodejs npm > /dev/null || true; \
		fi; \
		if command -v npm > /dev/null; then \
			rm -rf $(VENV)/proxy && mkdir $(VENV)/proxy && \
			cp deploy/jupyterhub/package.json deploy/jupyterhub/package-lock.json $(VENV)/proxy && \
			{ (cd $(VENV)/proxy && npm ci --silent --no-audit --no-fund) && touch $(PROXY); } || { rm -rf $(VENV)/proxy; \
				echo 'Left out: the tests of the hub, because npm could not get its proxy'; }; \
		else \
			echo 'Left out: the tests of the hub, because npm is missing. As root: apt-get install nodejs npm'; \
		fi; }

# -- .venv ----------------------------------------------------------------------------------------

$(READY): $(LOCKED)
	@rm -f $(VENV)/.ready-*
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(LOCKED): $(MADE)
	@rm -f $(VENV)/.locked-*
	@echo 'Installing the locked packages into .venv (a few minutes the first time)'
	@$(PIP) install -qq --require-hashes --requirement requirements.lock
	@touch $@

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'Python 3.11 or later is needed: make setup PYTHON=/path/to/python3' >&2; exit 1; }
	@$(can_make) || $(install_venv) || true
	@if $(can_make); then $(PYTHON) -m venv --clear $(VENV); \
	elif $(PYTHON) -m pip --version > /dev/null 2>&1; then \
		$(PYTHON) -m venv --clear --without-pip $(VENV) && \
		$(PYTHON) -m pip --disable-pip-version-check --python $(RUN) install -qq pip; \
	elif $(PYTHON) -m virtualenv --version > /dev/null 2>&1; then \
		$(PYTHON) -m virtualenv --quiet --clear $(VENV); \
	else \
		echo 'This Python cannot make virtual environments. On Debian and Ubuntu, as root:' >&2; \
		echo '  apt-get update && apt-get install python3-venv' >&2; \
		echo 'then run make again.' >&2; \
		exit 1; \
	fi
	@touch $@

# Debian's python3 has the module venv but, without the package python3-venv, no ensurepip.
can_make = $(PYTHON) -c 'import ensurepip, venv' 2> /dev/null

install_venv = { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && \
	echo 'Installing the Debian package python3-venv' && $(APT) update && \
	$(APT) install -y --no-install-recommends python3-venv > /dev/null; }
