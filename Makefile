# Every command a person types. Each does its own set-up: a clone, Python 3.11 or newer and make are enough.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3; do command -v $$each >/dev/null && $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
ENTERPRISES ?= 30000
SEED ?= 20260630
COUNTY ?= 330110
PRODUCTS ?=
PORT ?= 3000
FEEDS ?=
KNOWN ?=
FILE ?=
PEERS ?=
KEY ?=
YES ?=
DAYS ?=
WRITTEN ?=
ON ?=
# How many enterprises a benchmark makes: as many as are asked for, or its own number.
asked_or = $(if $(filter file,$(origin ENTERPRISES)),$(1),$(ENTERPRISES))
# Only YES=1 does what cannot be undone.
SURE := $(filter 1,$(YES))
# What a command is told that none reads: a word misspelt, such as FEED= for FEEDS=, would have it do something else.
ASKED := ENTERPRISES SEED COUNTY PRODUCTS FEEDS KNOWN FILE KEY WRITTEN ON DAYS YES PORT PEERS SCOPE SUBJECT RULE BY REASON OBJECTION VERDICT PYTHON
MISSPELT := $(foreach each,$(filter-out $(ASKED) BIN SHELL MAKE%,$(.VARIABLES)),$(if $(findstring command,$(origin $(each))),$(if $(findstring _,$(each)),,$(each))))
ifneq ($(strip $(MISSPELT)),)
$(error $(strip $(MISSPELT))= is read by no command; expected some of $(ASKED))
endif

JUBIAN_HOME ?= $(abspath $(if $(FEEDS),var/feeds,var/demo))
DEMO := $(JUBIAN_HOME)
# What says that no demo is wanted: an inbox, a source, a store or production's settings are named, or the home is in use.
SOURCES := $(filter-out JUBIAN_DAGSTER_URL JUBIAN_GATEWAY_URL,$(filter JUBIAN_%_URL,$(.VARIABLES)))
NO_DEMO := $(if $(strip $(FEEDS) $(foreach each,$(SOURCES) JUBIAN_INBOX JUBIAN_SUPPLY JUBIAN_DAGSTER_SETTINGS,$(value $(each))) $(wildcard $(addprefix $(DEMO)/,inbox landed supply))),yes)
ifneq ($(KNOWN),)
# What was known on a day is rebuilt in a home and a Dagster of its own, beside what is served, from the same deliveries.
export JUBIAN_KNOWN := $(KNOWN)
export JUBIAN_INBOX := $(or $(JUBIAN_INBOX),$(DEMO)/inbox)
export JUBIAN_OBJECTIONS := $(or $(JUBIAN_OBJECTIONS),$(or $(JUBIAN_GATEWAY_STATE),$(DEMO)/gateway)/objections.jsonl)
unexport JUBIAN_DAGSTER_URL JUBIAN_DAGSTER_SETTINGS
override JUBIAN_HOME := $(DEMO)/known/$(KNOWN)
override DAGSTER_HOME := $(JUBIAN_HOME)/dagster
endif
ifneq ($(PRODUCTS),)
export JUBIAN_PRODUCTS := $(PRODUCTS)
endif
ifneq ($(FEEDS),)
export JUBIAN_INBOX := $(abspath $(FEEDS))
endif
export JUBIAN_HOME
export DAGSTER_HOME ?= $(JUBIAN_HOME)/dagster
export PYTHONUNBUFFERED := 1
# Compiled once and kept: where a machine forbids it, each of our processes compiles half a second's worth anew.
unexport PYTHONDONTWRITEBYTECODE
# How long Polars' allocator keeps memory for reuse; deploy/jubian.env says why.
export _RJEM_MALLOC_CONF ?= percpu_arena:percpu,oversize_threshold:0,dirty_decay_ms:10000,muzzy_decay_ms:0
export PYTHONWARNINGS := ignore

.PHONY: help run refresh ui shelf snapshot gateway audit ledger pictures verify ship restore gc contracts promotions mapping-gaps recast review admit requests objections answer spark test test-unit test-long test-operation lint types laws bench bench-change bench-quality bench-draft bench-gateway bench-ledger bench-peers bench-tags draft-feed weights lock clean

.venv/run.stamp: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found; install it, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv with $(PYTHON) …"; $(PYTHON) -m venv .venv || { echo "This Python has no venv; on Debian: apt-get install python3-venv"; exit 1; }; }
	@echo "Installing what requirements.lock names (about a minute) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	@echo "Installing the test tools that requirements-dev.lock names …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.venv/spark.stamp: requirements-spark.lock .venv/run.stamp
	@echo "Installing Spark, which requirements-spark.lock names (450 MB) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@touch $@

.venv-peers/run.stamp: requirements-peers.lock .venv/run.stamp
	@test -x .venv-peers/bin/python || $(BIN)/python -m venv .venv-peers
	@echo "Installing what requirements-peers.lock names, Spark among it (some minutes) …"
	@.venv-peers/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-peers.lock
	@touch $@

.venv-openfisca/run.stamp: requirements-openfisca.lock .venv/run.stamp
	@test -x .venv-openfisca/bin/python || $(BIN)/python -m venv .venv-openfisca
	@echo "Installing OpenFisca-core, which requirements-openfisca.lock names …"
	@.venv-openfisca/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-openfisca.lock
	@touch $@

# Below, a heading of `make help` each: who types it. docs/commands.md has the same headings.

##@ To begin

run: .venv/run.stamp ## land, reconcile and release for all 90 counties: the demo, or FEEDS=folder; PRODUCTS=some of the shelf; KNOWN=day: as known then, beside it
	@test -n "$(NO_DEMO)" || $(BIN)/python -m demo --out $(DEMO) --enterprises $(ENTERPRISES) --seed $(SEED)
	@$(BIN)/python -m assets.run

refresh: .venv/run.stamp ## the demo's next day: new deliveries, then a release of what changed
	@$(BIN)/python -m demo --out $(JUBIAN_HOME) --refresh
	@$(BIN)/python -m assets.run

ui: .venv/run.stamp ## the Dagster UI on http://127.0.0.1:3000 (PORT=), showing the last run
	@$(BIN)/python -m assets.free "$(PORT)" && $(BIN)/python -m assets.instance
	@echo "Opening http://127.0.0.1:$(PORT) — stop with Ctrl-C"
	@PYTHONPATH="$(CURDIR)" PATH="$(abspath $(BIN)):$$PATH" $(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p $(PORT)

shelf: .venv/run.stamp ## what one county has: COUNTY=330110
	@$(BIN)/python -m gateway shelf $(COUNTY)

verify: .venv/run.stamp ## check every published file, change and manifest against its word
	@$(BIN)/python -m pipelines.verify

gateway: .venv/run.stamp ## the county's door on http://127.0.0.1:8400 over the last run, with a trial profile for COUNTY=330110
	@$(BIN)/python -m gateway free && $(BIN)/python -m gateway try $(COUNTY) && $(BIN)/python -m gateway serve

help: ## this list
	@awk -F ':.*## ' '/^##@ / { printf "%s%s\n", gap, substr($$0, 5); gap = "\n" } /^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

##@ The data engineer, each day

mapping-gaps: .venv/run.stamp ## codes that met no dictionary row, what they may mean, and the row to paste; sources and corrections that meet nothing
	@$(BIN)/python -m pipelines.words.gaps

review: .venv/run.stamp ## rows that are not identified, why, and who they may be
	@$(BIN)/python -m pipelines.identity.review

admit: .venv/run.stamp ## list what was stopped; with SCOPE= SUBJECT= RULE= BY= REASON= let it in
	@$(BIN)/python -m pipelines.door.admit --scope "$(SCOPE)" --subject "$(SUBJECT)" --rule "$(RULE)" --by "$(BY)" --basis "$(REASON)"

draft-feed: .venv/run.stamp ## a feed's first declaration and golden pair from one delivery: FILE=, and KEY= for its name
	@test -n "$(FILE)" || { echo "Name a delivery: make draft-feed FILE=/path/to/202606.csv KEY=water_customer"; exit 1; }
	@$(BIN)/python -m pipelines.draft "$(FILE)" $(if $(KEY),--key "$(KEY)")

contracts: .venv/run.stamp ## write contracts/ and contracts.lock anew: what the products' classes promise, if the version steps far enough
	@$(BIN)/python -m pipelines.promises.contracts

recast: .venv/run.stamp ## a table of another year's counties as CSV on today's map: FILE=, WRITTEN=2019-12-31, the day whose map it is of; ON=day
	@test -n "$(FILE)" -a -n "$(WRITTEN)" || { echo "Name a CSV file and the day of its map: make recast FILE=/path/to/yearbook.csv WRITTEN=2019-12-31"; exit 1; }
	@$(BIN)/python -m pipelines.places.figures "$(FILE)" --written "$(WRITTEN)" $(if $(ON),--on "$(ON)")

pictures: .venv/run.stamp ## draw the pictures of docs/products/ from what is released for COUNTY=330110
	@$(BIN)/python -m gateway.drawing.illustrate $(COUNTY)

##@ The province's office

requests: .venv/run.stamp ## what counties ask to be granted, and the commands that answer
	@$(BIN)/python -m gateway requests

objections: .venv/run.stamp ## what counties object to: the department that is asked, its clock, and the correction to paste
	@$(BIN)/python -m pipelines.objections.answer

answer: .venv/run.stamp ## answer one: OBJECTION= VERDICT=accepted, declined or withdrawn BY= REASON=
	@$(BIN)/python -m pipelines.objections.answer --objection "$(OBJECTION)" --verdict "$(VERDICT)" --by "$(BY)" --basis "$(REASON)"

audit: .venv/run.stamp ## verify the gateway's log of who was given what
	@$(BIN)/python -m gateway audit

ledger: .venv/run.stamp ## the resource ledger: most used, unused for DAYS=90, near-duplicates, who benefits; as Parquet, DCAT, OpenLineage
	@$(BIN)/python -m gateway granted && $(BIN)/python -m pipelines.ledger $(if $(DAYS),--days $(DAYS))

promotions: .venv/run.stamp ## what several counties' overlays built alike, the evidence, and the declaration that makes it core; faults of overlays
	@$(BIN)/python -m pipelines.promoting.promotions

##@ The operator

ship: .venv/run.stamp ## ship what is released to the object store that JUBIAN_SUPPLY names; a run does so by itself
	@$(BIN)/python -m pipelines.shipping

restore: .venv/run.stamp ## take over what the object store serves, below JUBIAN_HOME, and verify it
	@$(BIN)/python -m pipelines.shipping.restore

gc: .venv/run.stamp ## what retention would free, line by line and in sums; YES=1 frees it and verifies what is kept
	@$(BIN)/python -m pipelines.retention.gc $(if $(SURE),--yes)

snapshot: .venv/run.stamp ## write the served snapshots of one county whole, where they stand on earlier ones: COUNTY=330110
	@$(BIN)/python -m pipelines.releasing.snapshots $(COUNTY)

spark: .venv/spark.stamp ## what JUBIAN_ENGINE=spark needs besides Java 17; then JUBIAN_ENGINE=spark make run (docs/clusters.md)

##@ The developer

# Test files begin in the order of their names: by default those with one test, which are the longest, begin last. What
# took longest is told at the end, as the whole is to stay below twenty minutes.
test: lint types .venv/dev.stamp ## everything but what takes long: lint, types, laws, tests
	@$(BIN)/lint-imports >/dev/null || { $(BIN)/lint-imports; exit 1; }
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder tests --ignore tests/long --ignore tests/operation --durations 25

test-unit: .venv/dev.stamp ## the quick part of the tests
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile tests/unit tests/feeds tests/mappings tests/laws

# Long tests wait for killed processes and for Spark as often as they reckon: three at a time fill two cores.
test-long: .venv/dev.stamp ## hundreds of kills and long random runs; Spark's workers after make spark
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder tests/long

test-operation: .venv/dev.stamp ## lost databases and workers, the run book word for word
	@$(BIN)/python -m pytest -q tests/operation

lint: .venv/dev.stamp ## ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/dev.stamp ## pyright, strict in schemas/ and pipelines/
	@$(BIN)/pyright --pythonpath $(BIN)/python

laws: .venv/dev.stamp ## the import law and the house rules
	@$(BIN)/lint-imports && $(BIN)/python -m pytest -q tests/laws

bench: .venv/run.stamp .venv-openfisca/run.stamp ## what each verb costs beside reading and writing the same bytes, for ten million enterprises or ENTERPRISES=; then bench-tags
	@$(BIN)/python -m benchmarks.chain --enterprises $(call asked_or,10000000)
	@$(BIN)/python -m benchmarks.tags

bench-change: .venv/run.stamp ## what a day's change costs beside a full release: a million enterprises, or ENTERPRISES=
	@$(BIN)/python -m benchmarks.change $(addprefix --enterprises ,$(call asked_or,))

bench-quality: .venv/run.stamp ## how right identification is by the demo's truth: ENTERPRISES=100000, or FEEDS=folder
	@$(BIN)/python -m benchmarks.quality --seed $(SEED) $(if $(FEEDS),--base $(FEEDS)/market_regulation_enterprise,--enterprises $(call asked_or,100000))

bench-draft: .venv/run.stamp ## how many fields of eleven real portals a draft names, each portal held out in turn
	@$(BIN)/python -m benchmarks.draft

bench-ledger: .venv/run.stamp ## precision and recall of near-duplicates among eleven real catalogues, by 300 pairs judged by reading
	@$(BIN)/python -m benchmarks.ledger $(if $(FEEDS),--feeds $(FEEDS))

bench-tags: .venv/run.stamp .venv-openfisca/run.stamp ## every tag on 90,000 enterprises and 500 policies matched to them, beside OpenFisca-core
	@$(BIN)/python -m benchmarks.tags

bench-gateway: .venv/run.stamp ## an increment, three columns and fifty counties at once, beside nginx
	@$(BIN)/python -m benchmarks.gateway

bench-peers: .venv/run.stamp .venv-peers/run.stamp ## a full release beside DuckDB SQL, pandas and Spark on the same deliveries: ENTERPRISES=100000, PEERS=duckdb_sql; Spark needs Java 17
	@$(BIN)/python -m benchmarks.peers --enterprises $(call asked_or,100000) $(if $(PEERS),--peers $(PEERS))

weights: .venv/run.stamp ## what the weights of the last rung of identification rest on
	@$(BIN)/python -m benchmarks.weights

lock: .venv/dev.stamp ## resolve requirements.in, requirements-dev.in, requirements-peers.in, requirements-spark.in and requirements-openfisca.in anew
	@for each in requirements requirements-dev requirements-peers requirements-spark requirements-openfisca; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --upgrade $$each.in -o $$each.lock; done

clean: ## remove environments and caches; YES=1 removes what the runs have kept in var/ too
	@echo "Removing .venv, .venv-peers, .venv-openfisca and caches …"
	@rm -rf .venv .venv-peers .venv-openfisca .ruff_cache .pytest_cache .hypothesis .import_linter_cache .pyright
	@find . -path ./var -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	@test ! -d var || { echo "$(if $(SURE),Removing,Kept; YES=1 would remove):"; du -hd1 var; }
	@$(if $(SURE),rm -rf var,true)
