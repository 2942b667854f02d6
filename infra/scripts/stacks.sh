#!/usr/bin/env bash
# stacks.sh plan|apply ENVIRONMENT: its stacks, in the order of infra/live/stacks.json, as the deploying workflow runs them.
# From the environment: ACCOUNT; STATE_ROLE, plan or apply; INPUTS, a JSON object of stack to its input values.
# Writes target/deploy/plan.md: addresses and what becomes of them, and what a plan does to the cost; no values. What a
# stack's needs made up (ids.json) is committed when it is first applied; this applies what changes afterwards, and in prod
# nothing that would lose something: that is for `cargo xtask infra deploy --apply --with-deletions`, by hand.
set -euo pipefail
cd "$(dirname "$0")/../.."
what=$1 environment=$2
plans=$PWD/target/deploy
json=$plans/json
rm -rf "$json"
mkdir -p "$json"
page=$plans/plan.md
differs=false
printf '### %s\n\n' "$environment" > "$page"

mapfile -t stacks < <(jq -r --arg of "$environment/" \
  '.stacks[] | select(.path | startswith($of)) | "\(.path) \(.state)"' infra/live/stacks.json)
for line in "${stacks[@]}"; do
  read -r stack state <<< "$line"
  folder=infra/live/$stack
  jq -e --arg stack "$stack" '.[$stack]' <<< "$INPUTS" > "$folder/terraform.tfvars.json"
  printf 'assume_role = { role_arn = "arn:aws:iam::%s:role/orderflow-state-%s-%s" }\n' \
    "$ACCOUNT" "$STATE_ROLE" "$state" > "$plans/backend.hcl"
  terraform -chdir="$folder" init -input=false -no-color -backend-config="$plans/backend.hcl" > "$plans/init.log" \
    || { cat "$plans/init.log" >&2; exit 1; }

  # 0 no change, 2 changes, else an error.
  code=0
  terraform -chdir="$folder" plan -input=false -no-color -lock-timeout=10m -detailed-exitcode \
    -out="$plans/plan" > "$plans/plan.log" || code=$?
  if ((code != 0 && code != 2)); then cat "$plans/plan.log" >&2; exit "$code"; fi
  if ((code == 2)); then differs=true; fi
  shown=$json/infra-live-${stack//\//-}.json
  terraform -chdir="$folder" show -json "$plans/plan" > "$shown"
  jq -r --arg stack "$stack" '
    [.resource_changes[]? | select(.change.actions != ["no-op"] and .change.actions != ["read"])] as $changes
    | "<details><summary>\($stack): \($changes | length) changes</summary>\n",
      ($changes[:40][] | "- \(.change.actions | join(", then ")) `\(.address)`"),
      ($changes[40:] | select(length > 0) | "- and \(length) more"),
      "\n</details>\n"' "$shown" >> "$page"
  if [[ $what == apply && $code == 2 ]]; then
    # In prod a plan that deletes or replaces ends here.
    cargo xtask infra guard --stack "$stack" --plan "$shown"
    terraform -chdir="$folder" apply -input=false -no-color "$plans/plan"
  fi
  rm -f "$plans/plan" "$folder/terraform.tfvars.json"
done

if [[ $what == plan ]]; then
  { cargo xtask infra cost --diff "$json"; echo; } >> "$page"
fi
rm -rf "$json"
cat "$page" >> "${GITHUB_STEP_SUMMARY:-/dev/stdout}"
echo "differs=$differs" >> "${GITHUB_OUTPUT:-/dev/stdout}"
