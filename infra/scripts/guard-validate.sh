#!/usr/bin/env sh
# The guard rules over what the stacks plan and apply, and over their fixtures.
set -eu
cd "$(dirname "$0")/../.."
exec cargo xtask infra policy guard "$@"
