# The guard rules over what the stacks plan and apply, and over their fixtures, on Windows.
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "../..")
cargo xtask infra policy guard @args
exit $LASTEXITCODE
