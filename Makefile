# Two commands: `make audit` installs and audits the embedded organism; `make test` installs and passes every gate.
TORCH  ?= torch==2.13.0
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Not compiled: seventeen thousand files would take a minute, and most of them are never imported.
PIP    := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile
PURE   := */holdfast/errors.py,*/holdfast/evidence/*,*/holdfast/stats/*,*/holdfast/report/*
export OMP_NUM_THREADS ?= 1

.PHONY: audit test check bench docs clean

audit: $(VENV)/.audit
	@$(BIN)/holdfast audit $(ARGS); code=$$?; case $$code in 0|1|3) exit 0 ;; *) exit $$code ;; esac

test: $(VENV)/.dev
	@$(MAKE) --no-print-directory check

check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-cache
	$(BIN)/python scripts/docs.py --check
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m untraced
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m 'not untraced' --cov --cov-report=
	@$(BIN)/coverage report | tail -n 25
	@$(BIN)/coverage report --fail-under=100 --include='$(PURE)' >/dev/null || \
	  { $(BIN)/coverage report --include='$(PURE)'; echo "evidence, stats, errors and report are covered whole"; exit 1; }
	@$(BIN)/coverage report --format=total | sed 's/$$/ % of lines and branches covered/'

bench: $(VENV)/.audit
	$(BIN)/python -m bench $(ARGS)

docs: $(VENV)/.dev
	$(BIN)/python scripts/docs.py

clean:
	rm -rf $(VENV) build dist .coverage .pytest_cache .ruff_cache .hypothesis

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "holdfast needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "this Python has no venv module: apt-get install python3-venv, then make $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) && touch $@

# torch first and by name: with none present, anything that needs it would pull gigabytes of CUDA libraries.
$(VENV)/.torch: $(VENV)/.made
	$(PIP) '$(TORCH)'
	@touch $@

$(VENV)/.audit: $(VENV)/.torch pyproject.toml constraints.txt
	$(PIP) -c constraints.txt -e '.[all]'
	@touch $@

# In one step, since what is needed is worked out anew in each.
$(VENV)/.dev: $(VENV)/.torch pyproject.toml constraints.txt
	$(PIP) -c constraints.txt -e '.[all,dev]'
	@touch $(VENV)/.audit $@
