# Foothold's own commands. `make demo` and `make test` need nothing but Python 3.11 and a package index.

PYTHON ?= python3.11
BIN := .venv/bin
DEMO := demo-out
TEST_WORKERS ?= 2
LOAD_SECONDS ?= 300
LOAD_ROUNDS ?= 4
LOAD_SCENARIO ?= pilot
LOAD_BESIDE ?= year10
BENCH_SIZES ?= 100 1000 10000 130000
BENCH_KINDS ?= real reach preference
BENCH_SECONDS ?= 120
BENCH_MEGABYTES ?= 6000
BENCH_GROWTH ?= 1000 2000 5000 10000 20000 50000 100000 200000 500000
BENCH_ANYTIME ?= 2000
BENCH_LIMITS ?= 7.5 15 30 60 120
BENCH_OUT ?= bench-out
PEERS := .venv-peers
LOAD_SIZE = $(if $(LOAD_STUDENTS),--students $(LOAD_STUDENTS))

.PHONY: help setup demo test lint format types contracts bench bench-curves bench-short load load-core browser postgresql postgresql-server kills fuzz lock clean

help:
	@echo "make setup        the virtual environment, from the lock, with compiled caches warm"
	@echo "make demo         allocate a year group of 15,000, audit it, print the summary"
	@echo "make test         every test that needs no optional system package"
	@echo "make lint types contracts    style, types, imports"
	@echo "make bench        Foothold against what a user would pick instead (hours; BENCH_SIZES=\"100 1000\" is some twenty minutes)"
	@echo "make bench-curves how Foothold grows with the round, and what it has after how long, as figures"
	@echo "make bench-short  time a small and a middling round, and the check of a hub-sized one"
	@echo "make load         submission day on a server: 150 schools send, everybody reads, pilot is solved (six minutes)"
	@echo "make load-core    the same round solved at 1, 2 and 4 at once, then beside a large one (some twenty minutes)"
	@echo "make browser      check report.html in Chromium (installs it with apt-get if it is missing)"
	@echo "make postgresql   the store's tests on PostgreSQL (installs it with apt-get if it is missing)"
	@echo "make fuzz         try the server's doors with ten times the made-up requests of make test, on each database"
	@echo "make kills        kill server, worker and database 50 times on each database (make test: 6 times on SQLite)"
	@echo "make lock         resolve the locks again"

setup: .venv/.warm

.venv/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.warm: .venv/.installed $(wildcard solver/*.py)
	rm -f solver/__pycache__/*.nbi solver/__pycache__/*.nbc # a loop is not compiled anew where one that it calls has changed
	$(BIN)/python -m api.warm
	@touch $@

demo: setup
	rm -rf $(DEMO)
	mkdir -p $(DEMO)
	$(BIN)/foothold scenario year10 $(DEMO)/year10 --no-solve
	$(BIN)/foothold allocate $(DEMO)/year10 --out $(DEMO)/allocated
	$(BIN)/foothold audit $(DEMO)/year10 $(DEMO)/allocated
	@echo "Report: $(CURDIR)/$(DEMO)/allocated/report.html"

test: setup
	$(BIN)/python -m pytest -n $(TEST_WORKERS) -m "not postgresql and not browser"
	@echo "The store on PostgreSQL and the report in a browser have tests of their own: make postgresql browser"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

bench: setup $(PEERS)/.installed
	$(BIN)/python -m loadtests.compare --sizes $(BENCH_SIZES) --kinds $(BENCH_KINDS) --seconds $(BENCH_SECONDS) \
		--megabytes $(BENCH_MEGABYTES) $(if $(BENCH_PEERS),--peers $(BENCH_PEERS)) --out $(BENCH_OUT)
	$(BIN)/python -m loadtests.page $(BENCH_OUT)/BENCHMARKS.md $(BENCH_OUT)

bench-curves: setup $(PEERS)/.installed
	$(BIN)/python -m loadtests.curves --sizes $(BENCH_GROWTH) --seconds $(BENCH_SECONDS) --megabytes $(BENCH_MEGABYTES) \
		--anytime $(BENCH_ANYTIME) --limits $(BENCH_LIMITS) --out $(BENCH_OUT)
	$(PEERS)/bin/python -m loadtests.drawing $(BENCH_OUT) $(BENCH_OUT)
	$(BIN)/python -m loadtests.page $(BENCH_OUT)/BENCHMARKS.md $(BENCH_OUT)

$(PEERS)/.installed: requirements-peers.lock
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock
	@touch $@

bench-short: setup
	$(BIN)/python -m loadtests.bench short

load: setup
	$(BIN)/python -m loadtests.submission_day --seconds $(LOAD_SECONDS) --scenario $(LOAD_SCENARIO) $(LOAD_SIZE)

load-core: setup
	$(BIN)/python -m loadtests.core --rounds $(LOAD_ROUNDS) --scenario $(LOAD_SCENARIO) $(LOAD_SIZE) \
		--beside $(LOAD_BESIDE) $(if $(LOAD_BESIDE_STUDENTS),--beside-students $(LOAD_BESIDE_STUDENTS))

browser: setup
	command -v chromium >/dev/null || { apt-get update && apt-get install -y --no-install-recommends chromium; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-browser.lock
	$(BIN)/python -m pytest -m browser -rs

postgresql: setup postgresql-server
	$(BIN)/python -m pytest -m postgresql -rs -n $(TEST_WORKERS)

fuzz: setup postgresql-server
	FOOTHOLD_FUZZ=20 $(BIN)/python -m pytest tests/store/test_http_fuzzed.py -rs -n $(TEST_WORKERS)

kills: setup postgresql-server
	FOOTHOLD_KILLS=50 $(BIN)/python -m pytest tests/store/test_killed.py -rs

postgresql-server:
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || \
		{ apt-get update && apt-get install -y --no-install-recommends postgresql; }

lock: .venv/.installed
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements-run.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra browser --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements-browser.lock
	$(BIN)/uv pip compile requirements-peers.in --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements-peers.lock

clean:
	rm -rf $(DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
