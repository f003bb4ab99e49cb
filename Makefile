# make run [PORT=8001]: the demonstration on this machine. make test: everything that must hold.
# make soak: every test on both databases, then the long storm of kills and faults (KILLS=500 SEED=7).
# make bench: how fast it is, against what others would use (docs/benchmarks.md); ONLY="inbound reading" takes
# some of it, SCALE=1000000 fills a clinic of that many patients (100,000 without).
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test soak bench clean

run: .venv/installed
	@RUN_CLOCK=$${RUN_CLOCK:-1} PUBLIC_URL=$${PUBLIC_URL:-http://127.0.0.1:$(or $(PORT),8000)} \
		$(BIN)/flask --app wsgi demo $(if $(PORT),--port $(PORT))

test: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.browser.fetch
	$(BIN)/python -m tests.systemd.fetch
	$(BIN)/python -m pytest -n 2 --dist loadgroup

soak: .venv/installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup --both
	@$(BIN)/python -m tests.faults.soak $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

bench: .venv/installed-bench
	@$(BIN)/python -m bench $(ONLY) $(if $(SCALE),--scale $(SCALE))

.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed (set PYTHON=...)")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.venv/installed-bench: .venv/installed bench/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	@touch $@

clean:
	rm -rf .venv instance
