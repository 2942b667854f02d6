#!/usr/bin/env sh
# Policies over plans and applied state: guard rules, checkov, Trivy's where it is found.
set -eu
cd "$(dirname "$0")/../.."
exec cargo xtask infra policy "$@"
