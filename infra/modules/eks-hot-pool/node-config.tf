# What a node is told at boot, before the kubelet starts.

locals {
  node_config = templatefile("${path.module}/templates/node-config.yaml.tftpl", {
    cluster       = var.instance.image_id == null ? null : var.cluster
    reserved_cpus = "0-${local.housekeeping_cores - 1}"
    startup_taint = local.startup_taint

    # The static memory manager demands that reserved memory is the sum of the three: 512 + 512 + 100.
    reserved_memory_mib = 1124
  })

  boot_script = templatefile("${path.module}/templates/boot.sh.tftpl", { huge_pages = var.instance.huge_pages })
}
