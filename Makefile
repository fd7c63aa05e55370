# hakbeon: see 'make help'.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
ARCH := $(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x64)
GITLEAKS := github.com/zricethezav/gitleaks/v8@v8.30.1
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
# Drawings, readings and a Python environment of the benchmark.
BENCH_DIR := bench
# JPEGs are decoded by libjpeg-turbo where it is installed (Debian:
# libturbojpeg0-dev), five times as fast as by Go: TURBOJPEG=0 does without.
TURBOJPEG ?= $(shell pkg-config --exists libturbojpeg 2>/dev/null && echo 1 || echo 0)
TAGS := $(if $(filter 1,$(TURBOJPEG)),-tags turbojpeg)
# Of all builds alike, or what they share is compiled for each.
export GOFLAGS := $(strip $(GOFLAGS) -trimpath)
FUZZTIME ?= 60s
FUZZFLAGS ?=
FUZZ ?=
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund

.PHONY: help
help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-13s %s\n", $$1, $$2}'

.PHONY: demo
demo: product devstack ## Run an exam from end to end on embedded servers
	bin/hakbeon demo

# Tests link faster without what a debugger needs. They know wazero's version, which a
# test's binary does not say, and so find the decoder's code that a build has compiled:
# with the race detector that takes a minute, and each package does it.
WAZERO := github.com/tetratelabs/wazero
TESTFLAGS = -ldflags "-w -X $(WAZERO)/internal/version.version=$(shell go list -m -f '{{.Version}}' $(WAZERO))"

# What the tests of deploy/check read lies outside their module, where Go's cache
# of results does not look.
.PHONY: test
test: build ## Run all tests, with the race detector
	go test $(TAGS) $(TESTFLAGS) -race -timeout 15m ./...
	cd lab/devstack && go test -race -timeout 5m ./...
	cd deploy/check && go test -count=1 ./...

.PHONY: bench
bench: build ## Measure accuracy on 66,000 drawn sheets, a tenth by real hands, speed, memory and peers (hours the first time)
	bin/bench -dir $(BENCH_DIR)
ifneq ($(TAGS),)
	go build -o bin/bench-gojpeg ./lab/bench
	bin/bench-gojpeg -dir $(BENCH_DIR) -only stages
endif

.PHONY: bench-quick
bench-quick: build ## The same on 2,000 drawn sheets, without worker and peers
	bin/bench -dir $(BENCH_DIR) -only accuracy,stages -exams 10 -hands 10 -files 20

.PHONY: chaos
chaos: build ## Kill workers at each of their steps, 20 times each, amid faults (forty minutes); chaos-quick: once each
	bin/chaos

.PHONY: chaos-quick
chaos-quick: build
	bin/chaos -kills 1 -freezes 4 -together 40 -rate 0.02

.PHONY: load
load: build ## 10,000 sheets through two workers: speed, queue age, growth (half an hour); load-quick: 150
	bin/load -dir $(BENCH_DIR)

.PHONY: load-quick
load-quick: build
	bin/load -dir $(BENCH_DIR) -exams 6 -sheets 25 -images 30 -together 2 -big 900

.PHONY: scale
scale: build ## Batches of 1,000, 5,000 and 20,000 sheets, and 1,000 at once: their ends, calls, memory, fairness; scale-quick: 300
	bin/scale -dir $(BENCH_DIR)

.PHONY: scale-quick
scale-quick: build
	bin/scale -dir $(BENCH_DIR) -images 20 -sizes 300 -batches 20

.PHONY: bombs
bombs: build ## Hostile files through a worker of 1 GiB: a clear result each, and nobody else harmed; bombs-quick: two of each kind
	bin/bombs

.PHONY: bombs-quick
bombs-quick: build
	bin/bombs -quick

.PHONY: conformance
conformance: build ## What we need of SQS, S3 and STS, on our servers and on others that this machine can have
	bin/conformance -dir $(BENCH_DIR)/servers

.PHONY: bits
bits: ## Decide on arm64, emulated, and compare the bits (Debian: gcc-aarch64-linux-gnu qemu-user-static)
	GOARCH=arm64 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc go test \
		-exec 'qemu-aarch64-static -L /usr/aarch64-linux-gnu' -run TestSameBitsEverywhere ./recognizer/decide

.PHONY: lint
lint: setup secrets vuln ## Check format and style, look for secrets and for known vulnerabilities
	test -z "$$(gofmt -l $$(git ls-files '*.go'))"
	go vet $(TAGS) ./...
	go run $(GOLANGCI) run $(subst -tags,--build-tags,$(TAGS)) ./...
	cd lab/devstack && go vet ./... && go run $(GOLANGCI) run --config ../../.golangci.yaml ./...
	cd deploy/check && go vet ./... && go run $(GOLANGCI) run --config ../../.golangci.yaml ./...

.PHONY: secrets
secrets: ## Look for secrets in the working tree and in the history (.gitleaks.toml says what is none)
	go run $(GITLEAKS) dir --no-banner --redact --config .gitleaks.toml --max-target-megabytes 2 .
	go run $(GITLEAKS) git --no-banner --redact --config .gitleaks.toml --max-target-megabytes 2 .

.PHONY: vuln
vuln: ## Look for known vulnerabilities in what is called
	.ci/vuln.sh $(TAGS) ./...
	cd lab/devstack && ../../.ci/vuln.sh ./...

.PHONY: fuzz
fuzz: setup ## Run each fuzz target, or those of FUZZ, for FUZZTIME (60s); FUZZFLAGS="-parallel 1" spares the machine
	TAGS="$(TAGS)" FUZZTIME="$(FUZZTIME)" FUZZFLAGS="$(FUZZFLAGS)" .ci/fuzz.sh $(FUZZ)

.PHONY: build
build: product devstack ## Build bin/hakbeon, bin/devstack and the commands that test them
	go build $(TAGS) -o bin/bench ./lab/bench
	go build -o bin/chaos ./lab/chaos
	go build -o bin/load ./lab/load
	go build $(TAGS) -o bin/scale ./lab/scale
	go build -o bin/bombs ./lab/bombs/run
	go build -o bin/conformance ./lab/conformance/run
	cd lab/devstack && go build -o ../../bin/openid github.com/zitadel/oidc/v3/example/server

.PHONY: devstack
devstack: ## Build bin/devstack, the embedded servers, alone
	cd lab/devstack && go build -o ../../bin/devstack .

.PHONY: product
product: setup ## Build bin/hakbeon alone
	go build $(TAGS) -ldflags "-s -w -X main.version=$(VERSION)" -o bin/hakbeon ./cmd/hakbeon
	@$(MAKE) --no-print-directory bin/decoder.made

# The decoder's code, compiled here, so that no worker's first PDF waits for it. It is
# another's with another engine or another kind of processor.
bin/decoder.made: go.sum recognizer/imagefile/libheif/heif.wasm.gz
	rm -rf bin/lib/decoder
	bin/hakbeon compile-decoder bin/lib/decoder
	chmod -R u=rwX,go=rX bin/lib/decoder # an image is run by another user than makes it
	@touch $@

.PHONY: setup
setup: bin/lib/libonnxruntime.so.1 web/api/ui/swagger-ui-bundle.js ## Fetch what npm provides, and check it

node_modules/.package-lock.json: package.json package-lock.json
	$(NPM_CI)
	@touch $@

# sums checks the copied files against what is written down, and removes them
# where they differ.
define sums
grep -F '$(1)' recognizer/models/SHA256SUMS | sed 's|  .*|  $(2)|' | sha256sum --check --quiet || { rm -f $(2); exit 1; }
endef

bin/lib/libonnxruntime.so.1: node_modules/.package-lock.json recognizer/models/SHA256SUMS
	mkdir -p $(@D)
	cp node_modules/onnxruntime-node/bin/napi-v6/linux/$(ARCH)/libonnxruntime.so.1 $@.new
	mv $@.new $@ # at once: a worker may be running on the old one
	$(call sums,linux/$(ARCH)/libonnxruntime,$@)

# The page that shows the HTTP API loads nothing from elsewhere: its files are
# built in.
web/api/ui/swagger-ui-bundle.js: node_modules/.package-lock.json recognizer/models/SHA256SUMS
	cd node_modules/swagger-ui-dist && cp swagger-ui.css swagger-ui-bundle.js.LICENSE.txt LICENSE NOTICE $(CURDIR)/$(@D)/
	cp node_modules/swagger-ui-dist/swagger-ui-bundle.js $@
	$(call sums,swagger-ui-dist/swagger-ui-bundle.js,$@)
	@touch $@

PYTHON := $(firstword $(foreach p,python3 /usr/bin/python3,$(shell $(p) -c 'import torch' 2>/dev/null && echo $(p))))
TRAINING := recognizer/training

# Real pen strokes to train with, see $(TRAINING)/README.md; without the folder the
# training says so aloud and draws invented hands alone. INIT, INIT_PAGE and INIT_NAME are
# the models that it begins from, empty for none.
STROKES ?= ../shared/strokes
INIT ?= recognizer/models/line.onnx
INIT_PAGE ?= recognizer/models/page.onnx
INIT_NAME ?= recognizer/models/name.onnx

.PHONY: train
train: setup ## Train the line model (two hours; needs PyTorch; STROKES and INIT: see the training's README)
	test -n "$(PYTHON)" || { echo "no python3 with PyTorch: see $(TRAINING)/README.md"; exit 1; }
	test -d "$(STROKES)" || echo "SKIPPED real hands: no folder $(STROKES), see $(TRAINING)/README.md" >&2
	go build -o $(TRAINING)/draw.bin ./$(TRAINING)/draw
	# Or glibc gives large blocks back to the kernel and takes them again at each step.
	MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=8589934592 \
		$(PYTHON) $(TRAINING)/train.py --draw $(TRAINING)/draw.bin --out $(TRAINING)/line.onnx \
		$(if $(INIT),--init $(INIT)) $(if $(wildcard $(STROKES)),--strokes $(STROKES))
	mv $(TRAINING)/line.onnx recognizer/models/line.onnx
	sed -i "s|^[0-9a-f]*\(  recognizer/models/line.onnx\)|$$(sha256sum < recognizer/models/line.onnx | cut -c1-64)\1|" recognizer/models/SHA256SUMS

.PHONY: train-letter
train-letter: setup ## Train the letter model from the line model (an hour; needs PyTorch; STROKES: see the training's README)
	test -n "$(PYTHON)" || { echo "no python3 with PyTorch: see $(TRAINING)/README.md"; exit 1; }
	test -d "$(STROKES)" || echo "SKIPPED real hands: no folder $(STROKES), see $(TRAINING)/README.md" >&2
	go build -o $(TRAINING)/draw.bin ./$(TRAINING)/draw
	MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=8589934592 \
		$(PYTHON) $(TRAINING)/letter.py --draw $(TRAINING)/draw.bin --out $(TRAINING)/letter.onnx \
		--line recognizer/models/line.onnx $(if $(wildcard $(STROKES)),--strokes $(STROKES))
	mv $(TRAINING)/letter.onnx recognizer/models/letter.onnx
	sed -i "s|^[0-9a-f]*\(  recognizer/models/letter.onnx\)|$$(sha256sum < recognizer/models/letter.onnx | cut -c1-64)\1|" recognizer/models/SHA256SUMS

.PHONY: train-name
train-name: setup ## Train the name model (an hour; needs PyTorch and Debian's Hangul fonts: see the training's README)
	test -n "$(PYTHON)" || { echo "no python3 with PyTorch: see $(TRAINING)/README.md"; exit 1; }
	go build -o $(TRAINING)/draw.bin ./$(TRAINING)/draw
	MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=8589934592 \
		$(PYTHON) $(TRAINING)/name.py --draw $(TRAINING)/draw.bin --out $(TRAINING)/name.onnx $(if $(INIT_NAME),--init $(INIT_NAME))
	mv $(TRAINING)/name.onnx recognizer/models/name.onnx
	sed -i "s|^[0-9a-f]*\(  recognizer/models/name.onnx\)|$$(sha256sum < recognizer/models/name.onnx | cut -c1-64)\1|" recognizer/models/SHA256SUMS

.PHONY: train-page
train-page: setup ## Train the page model (three hours; needs PyTorch; STROKES: see the training's README)
	test -n "$(PYTHON)" || { echo "no python3 with PyTorch: see $(TRAINING)/README.md"; exit 1; }
	test -d "$(STROKES)" || echo "SKIPPED real hands: no folder $(STROKES), see $(TRAINING)/README.md" >&2
	go build -o $(TRAINING)/draw.bin ./$(TRAINING)/draw
	MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=8589934592 \
		$(PYTHON) $(TRAINING)/find.py --draw $(TRAINING)/draw.bin --out $(TRAINING)/page.onnx \
		$(if $(INIT_PAGE),--init $(INIT_PAGE)) $(if $(wildcard $(STROKES)),--strokes $(STROKES))
	mv $(TRAINING)/page.onnx recognizer/models/page.onnx
	sed -i "s|^[0-9a-f]*\(  recognizer/models/page.onnx\)|$$(sha256sum < recognizer/models/page.onnx | cut -c1-64)\1|" recognizer/models/SHA256SUMS
	go run ./$(TRAINING)/fields -n 1500 -fit # the weights in recognizer/find/trace.go

# Where Python's programs for tests are: Schemathesis, requests, FastAPI, boto3.
TEST_VENV := bin/venv

.PHONY: venv
venv: $(TEST_VENV)/.made ## Fetch what tests run in Python; they find it by HAKBEON_TEST_VENV=$PWD/bin/venv

$(TEST_VENV)/.made: deploy/test-requirements.txt lab/corpus/package-lock.json $(wildcard lab/validators/*.txt lab/validators/*.json)
	python3 -m venv $(TEST_VENV)
	$(TEST_VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	cp lab/corpus/package.json lab/corpus/package-lock.json $(TEST_VENV)/
	npm ci --prefix $(TEST_VENV) --ignore-scripts --no-audit --no-fund --silent
	$(call npm_validators,$(TEST_VENV))
	@touch $@

# The validators alone, for CI.
VALIDATORS := bin/validators
define npm_validators
mkdir -p $(1)/validators && cp lab/validators/package.json lab/validators/package-lock.json $(1)/validators/
	npm ci --prefix $(1)/validators --ignore-scripts --no-audit --no-fund --silent
endef

$(VALIDATORS)/.made: $(wildcard lab/validators/*.txt lab/validators/*.json)
	python3 -m venv $(VALIDATORS)
	$(VALIDATORS)/bin/pip install --quiet --disable-pip-version-check -r lab/validators/requirements.txt
	$(call npm_validators,$(VALIDATORS))
	@touch $@

# What the tests run in Java lies here, and they look here: OpenAPI Generator, and the
# jars of a generated client and of docs/examples.
JARS := bin/java
MVN := mvn --quiet --batch-mode --no-transfer-progress

.PHONY: java
java: $(JARS)/.made ## Fetch what tests run in Java (needs JDK 17 and mvn; 55 MB once)

$(JARS)/.made: docs/examples/java/pom.xml lab/validators/java/pom.xml
	rm -rf $(JARS)
	$(MVN) -f lab/validators/java package -Djars=$(CURDIR)/$(JARS)
	$(MVN) -f docs/examples/java org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies \
		-DincludeScope=runtime -DoutputDirectory=$(CURDIR)/$(JARS)/examples
	@touch $@

# What needs a tool that this machine lacks is left out, and said so.
.PHONY: validate
validate: build ## Hold OpenAPI, AsyncAPI, CloudFormation, Terraform and the deployment guide to their own validators, and drive generated clients and the examples (needs python3, JDK 17, mvn)
	@if python3 -c 'import ensurepip, venv' 2>/dev/null; then $(MAKE) --no-print-directory $(VALIDATORS)/.made; \
	else echo "SKIPPED what is in Python: no python3 with venv (Debian: python3-venv)" >&2; fi
	@if command -v javac >/dev/null && command -v mvn >/dev/null; then $(MAKE) --no-print-directory java; \
	else echo "SKIPPED what is in Java: no JDK or no mvn (Debian: openjdk-17-jdk-headless, maven)" >&2; fi
	HAKBEON_TEST_VENV=$(CURDIR)/$(VALIDATORS) go test $(TAGS) $(TESTFLAGS) -v -count=1 -timeout 15m ./deploy ./web/api ./cmd/hakbeon \
		-run 'CloudFormation|Terraform|Guide|Validators|Generated|Example'

.PHONY: schemathesis
schemathesis: build $(TEST_VENV)/.made ## Look for faults of the HTTP API by its own OpenAPI document (needs python3)
	HAKBEON_TEST_VENV=$(CURDIR)/$(TEST_VENV) go test ./cmd/hakbeon -run TestSchemathesis -v -timeout 30m

.PHONY: java-receiver
java-receiver: ## Compile the Spring receiver of docs/examples and post webhooks to it (needs JDK 17 and mvn; fetches 100 MB once)
	HAKBEON_TEST_MVN=1 go test ./webhook -run TestSpringReceiver -v

.PHONY: clean
clean: ## Remove what was built and fetched
	rm -rf bin node_modules demo
