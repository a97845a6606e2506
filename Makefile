# `make run` and `make test` do all the set-up that they need on a Debian machine with Rust and Node.
.PHONY: help run test fmt clippy unit probes load bench

help: ## says what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: ## builds Ward, starts it with a demo hospital, prints address and log-ins
	@scripts/run

test: ## format, lints, all tests, contract coverage
	@scripts/test

probes: ## the CQL commit protocol against a real Cassandra node (needs Java 17 and Maven)
	@tests/servers/cassandra/probes/run

load: ## the load figures of README, in one run on this machine
	@scripts/load

bench: ## the benches of the single rooms
	@scripts/bench
