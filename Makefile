# make demo   set everything up and watch the bundled capture become an audited motion prediction
# make test   set everything up and run the tests
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# What the wheels need of the system; installed where we are root on Debian, named where we are not.
DEBIAN := git jq libegl1 libgl1 libglib2.0-0 openssh-client python3-venv

export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MUJOCO_GL = egl

.PHONY: help demo test setup lint clean system

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: setup
	$(BIN)/kinetrace demo

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile -q

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml Makefile
	@$(MAKE) --no-print-directory system
	@echo "Setting up $(VENV): about two minutes and 3 GB the first time."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

system:
	@missing=""; for p in $(DEBIAN); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	[ "$$missing" != " python3-venv" ] || ! $(PYTHON) -c 'import ensurepip' 2>/dev/null || missing=""; \
	if [ -z "$$missing" ]; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing system packages:$$missing"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else echo "If a later step fails, install these system packages:$$missing"; fi

clean:
	rm -rf $(VENV) build *.egg-info runs
