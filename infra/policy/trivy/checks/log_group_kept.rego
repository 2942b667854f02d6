# METADATA
# title: Log groups say how long they keep what, and under which key
# description: A group without retention_in_days keeps for ever, one without kms_key_id under a key that nobody here can withdraw.
# scope: package
# schemas:
#   - input: schema["terraform-raw"]
# custom:
#   id: OF-0001
#   severity: MEDIUM
#   short_code: log-group-kept
#   input:
#     selector:
#       - type: terraform-raw
package user.orderflow.log_group_kept

import rego.v1

deny contains res if {
	some module in input.modules
	some block in module.blocks
	block.kind == "resource"
	block.type == "aws_cloudwatch_log_group"
	some argument in {"retention_in_days", "kms_key_id"}
	not block.attributes[argument]
	res := result.new(sprintf("log group %q doesn't say its %s", [block.name, argument]), block)
}
