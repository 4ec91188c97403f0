# Starling: one target for every workflow. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PACKAGES_BUILD := libsqlite3-dev libargon2-dev zlib1g-dev libpq-dev librdkafka-dev
PACKAGES_GUARD := $(PACKAGES_BUILD) valgrind binutils python3
PACKAGES_TEST := $(PACKAGES_GUARD) sqlite3 python3-venv curl openssl
PACKAGES_DISTRIBUTED := postgresql redis-server redis-tools haproxy nginx-light gettext-base python3-venv curl openssl
PACKAGES_BENCH := $(PACKAGES_BUILD) python3
PACKAGES_COMPARE := $(PACKAGES_BENCH) nginx-light redis-server redis-tools postgresql-15 wrk
SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Benchmarks
VENV := .build/venv
AUTOBAHN := .build/autobahn
# Suites that need servers besides Starling: `make test` leaves them to `make test-distributed`.
DRIVERS := RedisTests KafkaTests PostgreSQLTests BlobStoreTests
DISTRIBUTED := RedisTests|KafkaTests|PostgreSQLTests|BlobStoreTests|DistributedTests
COMPOSITIONS := postgresql postgresql+redis postgresql+redis-cluster postgresql+redis+kafka
PORT ?= 8080
DATA ?= starling-data
RELEASE := .build/release/starling
DEBUG := .build/debug/starling
THRESHOLDS := Benchmarks/Thresholds/instructions.json
GUARD = scripts/guard .build/release/InstructionCount $(THRESHOLDS)

.PHONY: help run test test-distributed drills cluster cluster-down deps-distributed build release check-swift deps deps-test guard guard-update count bench bench-compare bench-distributed \
	bench-micro latency-plot autobahn format lint docs clean

help: ## Show what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | column -t -s "$$(printf '\t')"

run: release ## Install what is missing, build, and serve a demo community on PORT (8080).
	@$(RELEASE) demo --data-dir $(DATA)
	@echo "Try it:  curl -s http://127.0.0.1:$(PORT)/v1/users/login -H 'Content-Type: application/json' -d '{\"username\":\"demo\",\"password\":\"starling-demo\"}'"
	@exec $(RELEASE) serve --data-dir $(DATA) --port $(PORT)

test: deps-test ## Install what the tests need and run all of them.
	swift build --build-tests
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" scripts/run-tests --skip "EndToEndTests|$(DISTRIBUTED)"
	@# On their own: they look at when a real server answers, which other suites on the same cores would blur.
	scripts/run-tests --filter EndToEndTests
	@$(MAKE) --no-print-directory guard

test-distributed: deps-test deps-distributed ## Test against PostgreSQL, Redis, Kafka and S3, all started for it.
	swift build --build-tests
	STARLING_TEST_STORES=postgresql,redis scripts/run-tests --filter ContractTests
	STARLING_TEST_STORES=postgresql scripts/run-tests --filter "ProfileMove|AdminAccessTests"
	@# One after the other: the servers that one starts would take the cores from the deadlines of another's tests.
	@for suite in $(DRIVERS); do \
		PATH="$(CURDIR)/$(VENV)/bin:$$PATH" scripts/run-tests --filter $$suite || exit 1; \
	done
	@for composition in $(COMPOSITIONS); do \
		echo "The oracle on $$composition"; \
		STARLING_TEST_COMPOSITION=$$composition scripts/run-tests --filter ScenarioTests.OracleTests || exit 1; \
	done
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" STARLING_TEST_MINUTES=30 scripts/run-tests --filter DistributedTests

drills: deps-test deps-distributed ## The same outages, each as long as a real one: about an hour.
	swift build --build-tests
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" STARLING_DRILL=1 STARLING_TEST_MINUTES=120 scripts/run-tests --filter DistributedTests

cluster: release deps-distributed ## Run a whole distributed Starling here, behind HAProxy on PORT (8080).
	swift build --product MockKafkaCluster
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" CLUSTER_PORT=$(PORT) scripts/cluster up $(RELEASE) .build/debug/MockKafkaCluster

cluster-down: ## Stop it and remove what it kept.
	@scripts/cluster down

build: deps ## Build for debugging.
	swift build

release: deps ## Build for use.
	@[ -x $(RELEASE) ] || echo "The first build takes 5 to 15 minutes on two cores."
	swift build -c release --product starling

check-swift:
	@command -v swift >/dev/null || { echo "Install Swift 6.2 or newer first: https://www.swift.org/install/linux/"; exit 1; }

deps: check-swift
	@scripts/install-packages $(PACKAGES_BUILD)

deps-test: check-swift
	@scripts/install-packages $(PACKAGES_TEST)
	@[ -x $(VENV)/bin/openapi-spec-validator ] || { python3 -m venv $(VENV) && $(VENV)/bin/pip install -q "openapi-spec-validator>=0.7,<0.9"; }

deps-distributed: check-swift
	@scripts/install-packages $(PACKAGES_DISTRIBUTED)
	@[ -x $(VENV)/bin/moto_server ] || { python3 -m venv $(VENV) && $(VENV)/bin/pip install -q "moto[server]>=5.2,<6"; }

guard: count ## Count the instructions of the hot paths; refuse more than the thresholds allow.
	@$(GUARD)

guard-update: count ## Write what the hot paths cost now as their new thresholds.
	@$(GUARD) --update

# Only what is counted is built, which is quicker than the whole server.
count: check-swift
	@scripts/install-packages $(PACKAGES_GUARD)
	swift build -c release --product InstructionCount

bench: release ## Measure the server on communities of its own, about five minutes, and print one table.
	@scripts/install-packages $(PACKAGES_BENCH)
	@scripts/bench $(RELEASE)

bench-compare: release ## Measure feed reads beside nginx, Redis and PostgreSQL in the same run, and print ratios.
	@scripts/install-packages $(PACKAGES_COMPARE)
	@scripts/bench-compare $(RELEASE)

bench-distributed: release deps-distributed ## Measure the distributed profile beside the embedded one, about five minutes.
	@scripts/install-packages $(PACKAGES_COMPARE)
	swift build -c release --product DriverLoad
	swift build --product MockKafkaCluster
	@scripts/bench-distributed $(RELEASE) .build/release/DriverLoad .build/debug/MockKafkaCluster

bench-micro: check-swift ## Run the micro-benchmarks of the hot paths, in a package of their own.
	@scripts/install-packages $(PACKAGES_BUILD)
	swift package --package-path Benchmarks benchmark

latency-plot: release ## Draw the latency of feed reads against their rate into docs/latency.svg.
	@scripts/install-packages $(PACKAGES_BENCH)
	@scripts/plot-latency $(RELEASE) docs/latency.svg

autobahn: release ## Try WebSocket with the cases of the Autobahn suite, about three minutes.
	@scripts/install-packages $(PACKAGES_BENCH) python3-venv
	@[ -x $(AUTOBAHN)/bin/wstest ] || { python3 -m venv $(AUTOBAHN) && \
		$(AUTOBAHN)/bin/pip install -q "autobahntestsuite==25.10.1" "autobahn[twisted]>=23,<27"; }
	@$(AUTOBAHN)/bin/python scripts/autobahn $(RELEASE)

format: ## Format the code.
	swift format --in-place --parallel --recursive $(SOURCES)

lint: ## Refuse code that is not formatted.
	swift format lint --strict --parallel --recursive $(SOURCES)

docs: deps ## Build the API reference of every target into .build/docs.
	@scripts/docs

clean: ## Remove what was built.
	rm -rf .build
