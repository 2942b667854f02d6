# METADATA
# title: Streams are encrypted with a key of ours
# description: AWS' own key can't be withdrawn and its use isn't in our trail.
# scope: package
# schemas:
#   - input: schema["terraform-raw"]
# custom:
#   id: OF-0003
#   severity: HIGH
#   short_code: stream-keyed
#   input:
#     selector:
#       - type: terraform-raw
package user.orderflow.stream_keyed

import rego.v1

deny contains res if {
	some module in input.modules
	some block in module.blocks
	block.kind == "resource"
	block.type == "aws_kinesis_stream"
	some argument in {"encryption_type", "kms_key_id"}
	not block.attributes[argument]
	res := result.new(sprintf("stream %q doesn't say its %s", [block.name, argument]), block)
}
