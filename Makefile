# The commands that people and CI use. Everything else hangs off these.
#   make run    installs what is missing, builds, opens the window (or rehearses without a display)
#   make test   everything needed, then all tests
#   make check  formatting, lints, documentation, licences, spelling
#   make bench  the criterion benches, beside those we compare with; figures go to benches/RESULTS.md
#               by hand, with the machine
#   make screenshots  takes the pictures under assets/screenshots again, from the real program
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: run test check bench screenshots setup help

# cargo may have been installed a moment ago by `setup`.
export PATH := $(HOME)/.cargo/bin:$(PATH)

help:
	@sed -n '2,7s/^# *//p' Makefile

setup:
	@scripts/setup.sh run

run: setup
	cargo build --workspace --release
	@scripts/run.sh

test:
	@scripts/setup.sh test

	cargo nextest run --workspace --all-targets --no-fail-fast
	cargo test --workspace --doc

check:
	@scripts/setup.sh check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
	cargo deny --log-level error check licenses bans sources
	PATH="$(CURDIR)/target/venv/bin:$$PATH" typos

bench:
	@scripts/setup.sh bench
	@scripts/peers.sh
	cargo bench --workspace --benches

screenshots:
	@scripts/setup.sh test
	cargo build --workspace --release --bins --example screenshots
	@$${CARGO_TARGET_DIR:-target}/release/examples/screenshots
