#!/usr/bin/env sh
# Policies over plans and applied state, then Trivy over the tree.
set -eu
cd "$(dirname "$0")/../.."
cargo xtask infra policy "$@"
exec cargo xtask infra scan
