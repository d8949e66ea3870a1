# Needs: python3 (3.11 or newer), make, and a package index. `make help` lists what there is.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt
PYTEST_ARGS ?=
MARKS ?= not slow and not thorough
COVERAGE ?=
ARGS ?=
FACTS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report test test-slow lint benchmark catalog images browser clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' \
	  | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

report: $(VENV)/installed ## Write report.html from the shipped facts (ARGS="--lang zh" for more)
	@$(PY) -m headway report --out report.html $(ARGS)

test: $(VENV)/installed-dev lint ## Lint, type check, check the import order, and run the tests
	$(PY) -m pytest -n auto --dist loadgroup -m "$(MARKS)" $(COVERAGE) $(PYTEST_ARGS)

lint: $(VENV)/installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

test-slow: $(VENV)/installed-dev ## Run the tests that take minutes (coverage of intervals and the like)
	$(PY) -m pytest -m slow $(PYTEST_ARGS)

benchmark: $(VENV)/installed-dev ## Measure speed on this machine
	@$(PY) benchmarks/speed.py $(ARGS)

catalog: $(VENV)/installed ## Build the shipped facts again from their originals (FACTS=folder)
	@test -n "$(FACTS)" || { echo "Name the folder of the originals: make catalog FACTS=folder"; exit 2; }
	$(PY) tools/build_catalog.py --facts "$(FACTS)"

images: $(VENV)/installed ## Draw the pictures of the README again (needs a font with Chinese)
	@mkdir -p build && for lang in en zh; do \
	  $(PY) -m headway report --lang $$lang --out build/report.html --png build/images >/dev/null && \
	  cp build/images/frontiers-$$lang-light.png docs/images/ || exit 1; done

browser: ## Install Chromium and Chinese fonts for the browser tests (Debian, as root)
	@if command -v chromium >/dev/null 2>&1 && ls /usr/share/fonts/opentype/noto/NotoSansCJK-* >/dev/null 2>&1; then \
	  echo "Chromium and the fonts are installed."; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get -qq update && apt-get -qq -y --no-install-recommends install chromium fonts-noto-cjk >/dev/null; \
	else \
	  echo "The browser tests need the packages chromium and fonts-noto-cjk: install them with your system's package manager."; \
	  exit 1; \
	fi

clean: ## Remove the environment, caches and written reports
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf .coverage .coverage.* coverage.xml build dist report.html report.zh.html
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/created:
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "Headway needs Python 3.11 or newer, and there is no '$(PYTHON)' here. Install it, or name one: make PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Headway needs Python 3.11 or newer; '$(PYTHON)' is $$("$(PYTHON)" --version 2>&1 | head -1). Name another: make PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -m venv --clear $(VENV) || { \
	  echo "'$(PYTHON)' cannot make a virtual environment (on Debian: apt-get install python3-venv)."; exit 1; }
	@touch $@

$(VENV)/installed: $(VENV)/created pyproject.toml constraints.txt
	@echo "Installing Headway into $(VENV) (about a minute, once)"
	@$(PIP) -e . || { echo "The installation failed: see the lines above. It needs a package index to install from."; exit 1; }
	@touch $@

$(VENV)/installed-dev: $(VENV)/created pyproject.toml constraints.txt
	@echo "Installing Headway and the tools for its tests into $(VENV) (about a minute, once)"
	@$(PIP) -e ".[dev]" || { echo "The installation failed: see the lines above. It needs a package index to install from."; exit 1; }
	@touch $@ $(VENV)/installed
