# SPDX-License-Identifier: ISC
# The front door. CMake does the building (CMakePresets.json); what is longer than a line is in scripts/.

PORT   ?= 8080
PREFIX ?= /usr/local
N      ?= 100

.PHONY: all packages demo test soak repeat bench install format clean help

all: build/build.ninja ## build build/bin/mirage (the default)
	@cmake --build build --target program

build/build.ninja:
	@cmake --preset release

demo: ## install what is needed, build, and serve the documentation at http://localhost:8080 (PORT=)
	@PORT='$(PORT)' scripts/demo

test: ## install what is needed, build, and run every test (STAGES="headers asan" runs only those)
	@scripts/test $(STAGES)

soak: ## what takes hours: long fuzzing, a hundred repeats, a fresh Debian (STAGES= as above)
	@scripts/soak $(STAGES)

repeat: ## run one test many times: make repeat T=core.scope N=100
	@scripts/repeat '$(T)' '$(N)'

bench: ## run every benchmark beside its peer, or those whose name has a word in it: make bench ONLY=http
	@ONLY='$(ONLY)' scripts/bench

install: build/build.ninja ## install the tool, its packages' sources and the CMake package (PREFIX=, DESTDIR=)
	@cmake --build build --target packages
	@cmake --install build --prefix '$(PREFIX)'

format: ## lay out all C++ sources with clang-format
	@scripts/format --apply

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1 \2/p' Makefile | awk '{ n = $$2; $$1 = $$2 = ""; printf "make %-8s%s\n", n, $$0 }'
