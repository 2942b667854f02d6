# METADATA
# title: Nobody has a key that lives on
# description: People and workflows take roles by identity, pods by Pod Identity; an access key is what leaks.
# scope: package
# schemas:
#   - input: schema["terraform-raw"]
# custom:
#   id: OF-0004
#   severity: CRITICAL
#   short_code: no-long-lived-key
#   input:
#     selector:
#       - type: terraform-raw
package user.orderflow.no_long_lived_key

import rego.v1

deny contains res if {
	some module in input.modules
	some block in module.blocks
	block.kind == "resource"
	block.type in {"aws_iam_access_key", "aws_iam_user", "aws_iam_user_login_profile"}
	res := result.new(sprintf("%s %q is somebody's for ever: take a role", [block.type, block.name]), block)
}
