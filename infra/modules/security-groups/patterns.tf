# The patterns: what a rule may admit, by the name of what speaks there. A rule can't name a port of its own.

locals {
  patterns = {
    https          = [{ protocol = "tcp", from = 443, to = 443 }]
    api            = [{ protocol = "tcp", from = 8080, to = 8080 }]
    health         = [{ protocol = "tcp", from = 8081, to = 8081 }]
    grpc           = [{ protocol = "tcp", from = 50051, to = 50051 }]
    fix            = [{ protocol = "tcp", from = 9878, to = 9878 }]
    postgres       = [{ protocol = "tcp", from = 5432, to = 5432 }]
    mysql          = [{ protocol = "tcp", from = 3306, to = 3306 }]
    cache          = [{ protocol = "tcp", from = 6379, to = 6379 }]
    nfs            = [{ protocol = "tcp", from = 2049, to = 2049 }]
    dns            = [{ protocol = "tcp", from = 53, to = 53 }, { protocol = "udp", from = 53, to = 53 }]
    ntp            = [{ protocol = "udp", from = 123, to = 123 }]
    kubelet        = [{ protocol = "tcp", from = 10250, to = 10250 }]
    webhook        = [{ protocol = "tcp", from = 9443, to = 9443 }]
    metrics        = [{ protocol = "tcp", from = 9090, to = 9090 }]
    node-exporter  = [{ protocol = "tcp", from = 9100, to = 9100 }]
    pod-identity   = [{ protocol = "tcp", from = 2703, to = 2703 }]
    opensearch     = [{ protocol = "tcp", from = 9200, to = 9200 }]
    kafka-tls      = [{ protocol = "tcp", from = 9094, to = 9094 }]
    path-discovery = [{ protocol = "icmp", from = 3, to = 4 }]
    within-nodes   = [{ protocol = "tcp", from = 1025, to = 3388 }, { protocol = "tcp", from = 3390, to = 65535 }, { protocol = "udp", from = 1025, to = 65535 }]
  }
}
