# SPDX-License-Identifier: GPL-2.0
# What a person types. `make help` says what there is.

# The module's build makes the command too, for BTF: not twice at once.
.NOTPARALLEL:

all: ## build fastdrop.ko, for the headers of linux-headers-amd64 or KDIR=DIR
	scripts/build
demo: ## a flood through a multi-queue NIC: no filter, iptables, fastdrop
	scripts/demo
check: ## all tests, in userspace and in virtual machines
	scripts/check
debug-check: ## the selftests on a kernel with KASAN, lockdep and kmemleak
	scripts/check debug
bench: ## every peer in the same run, exact: bench/results.json, plots, docs/benchmarks.md
	scripts/bench full
bench-quick: ## the most telling of that, in 4 minutes: build/bench/quick/
	scripts/bench quick
bench-gate: ## exact rows against their bars, and against bench/baseline.json
	scripts/bench gate
bench-baseline: ## writes that
	scripts/bench baseline
tools: ## build the command fastdrop: build/userspace/fastdrop
	$(MAKE) -C userspace fastdrop
fuzz: ## libFuzzer on the engine, SECONDS=N (60) a target
	scripts/fuzz $(SECONDS)
style: ## checkpatch, sparse, W=1, and who may call whom
	scripts/style
install: all tools ## the module, the command and its papers; PREFIX=, DESTDIR=
	scripts/build install
	scripts/install
clean: ## remove what was built here; the cache of kernels stays
	rm -rf build fastdrop.ko
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

.PHONY: all demo check debug-check bench bench-quick bench-gate bench-baseline tools fuzz style install clean help
