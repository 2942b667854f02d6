#!/usr/bin/env sh
# Format, text, tables, tests and plans of everything below infra, with counts of what passed and failed.
set -eu
cd "$(dirname "$0")/../.."
exec cargo xtask infra check "$@"
