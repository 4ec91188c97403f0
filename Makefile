# Starling: one target for every workflow. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PACKAGES_BUILD := libsqlite3-dev libargon2-dev zlib1g-dev
PACKAGES_TEST := $(PACKAGES_BUILD) sqlite3 python3 python3-venv curl
SOURCES := Package.swift Sources Tests
VENV := .build/venv
PORT ?= 8080
DATA ?= starling-data
RELEASE := .build/release/starling
DEBUG := .build/debug/starling

.PHONY: help run test build release check-swift deps deps-test bench format lint docs clean

help: ## Show what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | column -t -s "$$(printf '\t')"

run: release ## Install what is missing, build, and serve a demo community on PORT (8080).
	@$(RELEASE) demo --data-dir $(DATA)
	@echo "Try it:  curl -s http://127.0.0.1:$(PORT)/v1/users/login -H 'Content-Type: application/json' -d '{\"username\":\"demo\",\"password\":\"starling-demo\"}'"
	@exec $(RELEASE) serve --data-dir $(DATA) --port $(PORT)

test: deps-test ## Install what the tests need and run all of them.
	swift build --build-tests
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" swift test --skip-build --skip EndToEndTests
	@# On their own: they look at when a real server answers, which other suites on the same cores would blur.
	swift test --skip-build --filter EndToEndTests

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

bench: release ## Measure feed, publish, mixed and fan-out on a community of its own.
	@scripts/bench $(RELEASE)

format: ## Format the code.
	swift format --in-place --parallel --recursive $(SOURCES)

lint: ## Refuse code that is not formatted.
	swift format lint --strict --parallel --recursive $(SOURCES)

docs: deps ## Build the API reference of every target into .build/docs.
	@scripts/docs

clean: ## Remove what was built.
	rm -rf .build
