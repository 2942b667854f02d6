# The guard rules with their fixtures, on Windows.
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "../..")
cargo xtask infra policy @args
exit $LASTEXITCODE
