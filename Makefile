PORT ?= 8000
DATA ?= data
PYTHON ?= python3
TEST_DATABASE_URL ?= postgresql://postgres@127.0.0.1:5432/matricula
BIN := .venv/bin

.PHONY: run test fuzz thorough check setup lock words

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.venv/ready-dev: requirements-dev.txt .venv/ready
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

run: .venv/ready  ## serve the product with demo data at http://127.0.0.1:8000
	@exec env MATRICULA_DEVELOPMENT=true MATRICULA_DATA=$(DATA) BASE_URL=http://127.0.0.1:$(PORT) $(BIN)/matricula demo --serve

setup: .venv/ready-dev  ## install everything an engineer needs

test: .venv/ready-dev  ## run every test this machine can run
	@$(BIN)/python tools/run_tests.py

fuzz: .venv/ready-dev  ## try every edge of what the API's document says
	@MATRICULA_DEVELOPMENT=true EVERY_EDGE=true $(BIN)/python -m pytest -q -n 2 matricula/api/tests/test_schemathesis.py

thorough: .venv/ready-dev  ## ask PostgreSQL everything that `make test` asks SQLite only
	@MATRICULA_DEVELOPMENT=true EVERY_EDGE=true DATABASE_URL=$(TEST_DATABASE_URL) $(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not postgres"

check: .venv/ready-dev  ## format, lint, types, room order, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/django-admin makemigrations --check --dry-run --settings matricula.settings

words: .venv/ready-dev  ## gather the words of the letters into the catalogs, and compile them
	@PYTHONPATH=. DJANGO_SETTINGS_MODULE=matricula.settings $(BIN)/python tools/words.py

lock:  ## resolve the newest versions that work
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q pyproject.toml --generate-hashes --universal --python-version 3.11 --no-emit-index-url -o requirements.txt
	$(BIN)/uv pip compile -q pyproject.toml --extra dev -c requirements.txt --generate-hashes --universal --python-version 3.11 --no-emit-index-url -o requirements-dev.txt
