"""Other ways to a server than in clear. Each is compared with limits that take the same way."""
import dataclasses

# What has answers long enough, or commands short enough, for a cipher's or codec's cost to show.
WORKLOADS = ["select1.direct", "point.prepared", "scan.native.rs1000.*", "blob.get.direct"]
PROBE = "select1.direct", 0.001


@dataclasses.dataclass
class Way:
    words: str
    keywords: str = ""  # Selkie's
    options: tuple = ()  # wire_limit's


CLEAR = Way("in clear")
TLS = Way("over TLS 1.3", "SSLMODE=REQUIRED;TLSVERSION=TLSv1.3", ("--tls",))
COMPRESSED = [Way(f"compressed by {codec}", f"COMPRESSION={codec}", ("--compress", codec)) for codec in ("zlib", "zstd")]


def chosen(encrypted, compressed):
    return ([TLS] if encrypted else []) + (COMPRESSED if compressed else [])


def refusal(series):
    """Why the server cannot be reached by the way of the series; empty where it can."""
    return series.child("raw", *PROBE).get("error", "")
