# METADATA
# title: Images begin with what a digest names
# description: A tag is another image tomorrow; the weekly rebuild moves the digest, and the scan sees it.
# scope: package
# schemas:
#   - input: schema["dockerfile"]
# custom:
#   id: OF-0005
#   severity: HIGH
#   short_code: image-by-digest
#   input:
#     selector:
#       - type: dockerfile
package user.orderflow.image_by_digest

import rego.v1

stages contains name if {
	some stage in input.Stages
	some command in stage.Commands
	command.Cmd == "from"
	count(command.Value) == 3
	name := lower(command.Value[2])
}

deny contains res if {
	some stage in input.Stages
	some command in stage.Commands
	command.Cmd == "from"
	base := command.Value[0]
	base != "scratch"
	not lower(base) in stages
	not regex.match(`@sha256:[0-9a-f]{64}$`, base)
	res := result.new(sprintf("%q is a tag", [base]), command)
}
