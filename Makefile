# Everything sets itself up in .venv; Python 3.11 or later and make are enough.
PYTHON ?= python3
BIN := .venv/bin
# Tests of one group stay on one worker, in the order of tests/conftest.py.
WORKERS := -n 2 --dist loadgroup --no-loadscope-reorder

.PHONY: demo test quick lint format samples docs pages pictures bench clean

demo: .venv/installed
	$(BIN)/nps demo

test: lint
	$(BIN)/pytest $(WORKERS)

# The tests that take no program beside Python, and milliseconds each; tests/conftest.py says which are slow.
quick: lint
	$(BIN)/pytest $(WORKERS) -m "not libreoffice and not browser and not slow"

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*-*.yml

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The sample returns are filled in by LibreOffice (Debian: libreoffice-calc python3-uno).
samples: .venv/installed
	$(BIN)/python -m samples.make_returns

# The documentation as a site, in site/.
docs: .venv/installed-dev
	$(BIN)/mkdocs build --quiet

# The pages of documentation that are made from the program: commands, problems, columns, Python API.
pages: .venv/installed
	$(BIN)/python -m tools.make_pages

# The documentation's pictures (Debian: libreoffice-calc, libreoffice-writer, poppler-utils, chromium).
pictures: .venv/installed
	$(BIN)/python -m tools.make_pictures

# Everything beside its peers, in about half an hour; leave the machine alone meanwhile.
bench: .venv/installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist site

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; say which with: make PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-dev: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1' # the first that knows --group
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@ .venv/installed
