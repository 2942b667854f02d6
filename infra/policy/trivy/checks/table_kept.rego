# METADATA
# title: Tables say whether they may be deleted
# description: A table without deletion_protection_enabled goes with one wrong apply, its backups' schedule with it.
# scope: package
# schemas:
#   - input: schema["terraform-raw"]
# custom:
#   id: OF-0002
#   severity: HIGH
#   short_code: table-kept
#   input:
#     selector:
#       - type: terraform-raw
package user.orderflow.table_kept

import rego.v1

tables := {block |
	some module in input.modules
	some block in module.blocks
	block.kind == "resource"
	block.type == "aws_dynamodb_table"
}

deny contains res if {
	some block in tables
	not block.attributes.deletion_protection_enabled
	res := result.new(sprintf("table %q doesn't say its deletion_protection_enabled", [block.name]), block)
}

deny contains res if {
	some block in tables
	attribute := block.attributes.deletion_protection_enabled
	attribute.known
	attribute.value == false
	res := result.new(sprintf("table %q may be deleted", [block.name]), attribute)
}
