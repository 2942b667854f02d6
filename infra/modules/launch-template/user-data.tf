# User data as one MIME document: the node's configuration first, then the agents, then the caller's script.

locals {
  agents = var.user_data == null ? null : templatefile("${path.module}/templates/agents-al2023.sh.tftpl", {
    audit_log_group = var.user_data.audit_log_group
    region          = var.region
  })

  parts = var.user_data == null ? [] : concat(
    var.user_data.node_config == null ? [] : [
      { type = "application/node.eks.aws", body = trimspace(var.user_data.node_config) },
    ],
    [
      { type = "text/x-shellscript; charset=\"us-ascii\"", body = trimspace(local.agents) },
    ],
    var.user_data.script == null ? [] : [
      { type = "text/x-shellscript; charset=\"us-ascii\"", body = trimspace(var.user_data.script) },
    ],
  )

  mime = var.user_data == null ? null : templatefile("${path.module}/templates/mime.tftpl", { parts = local.parts })

  user_data = var.bottlerocket_settings == null ? local.mime : var.bottlerocket_settings
}
