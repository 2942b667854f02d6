# The settings of each service here, as exactly the keys of its `Config`; deploy/env is made from them.

locals {
  hot = length(local.hot_zones) > 0

  service_config = {
    order-router = {
      # Three stages on three cores of the hot pool, behind those kept for the system; elsewhere the kernel places them.
      wait             = local.hot ? "spin-with-hint" : "park"
      cores            = local.hot ? [for stage in range(3) : module.hot_pool[0].housekeeping_cores + stage] : []
      batch_records    = 256
      batches_per_lane = 16
      entry_bytes      = "64KiB"
      entry_age        = "10ms"
      window           = 4
      unresolved       = "10s"
      control_poll     = "250ms"
      tick             = "1s"
      # Amazon Time Sync over NTP; how far a node's clock is from UTC nobody measures yet.
      clock_source     = "ntp"
      clock_error      = "0ms"
      snapshot_entries = 5000
      retain_entries   = 1000000
      cursor           = "1s"
      lag              = "60s"
      venue_silence    = "10s"
      venue_rejects    = 90
      venue_retry      = "30s"
      ready_within     = "5s"
      live_within      = "30s"
      drain            = "8s"
      identity_window  = "15m"
      accounts_max     = 65536
      orders_max       = 524288
      reports_max      = 2097152
      identities_max   = 524288
    }

    # As the database's module gives them to the function; a Region without a database has none to give.
    secret-rotation = {
      ca_file                  = try(local.rotation_settings.ca_file, null)
      database_timeout         = try(local.rotation_settings.database_timeout, null)
      secret_prefix            = try(local.rotation_settings.secret_prefix, null)
      secrets_manager_endpoint = try(local.rotation_settings.secrets_manager_endpoint, null)
    }
  }

  rotation_settings = one(module.database[*].rotation_settings)
}
