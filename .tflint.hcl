# tflint's bundled rules; its ruleset for AWS is fetched from GitHub, and `cargo xtask infra check` stands in for it.
config {
  call_module_type = "local"
}

plugin "terraform" {
  enabled = true
  preset  = "all"
}

# Outputs and inputs lie in variables*.tf and outputs.tf by topic, and modules have no main.tf banner of their own.
rule "terraform_standard_module_structure" {
  enabled = false
}
