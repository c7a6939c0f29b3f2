"""The network addresses that may be connected to: the public internet, and networks that an admin permits."""

import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-special-registry, and the addresses of
# cloud services. Python's own `is_global` returns True for several of them.
DENIED = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a carrier",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's own",
    "169.254.0.0/16": "link-local, where clouds keep metadata",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "for protocols",
    "192.0.2.0/24": "for documentation",
    "192.31.196.0/24": "for name servers (AS112)",
    "192.52.193.0/24": "for multicast relays",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "for name servers (AS112)",
    "198.18.0.0/15": "for measuring networks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/96": "loopback, unspecified or IPv4 written as IPv6",
    "::ffff:0:0/96": "IPv4 written as IPv6",
    "::ffff:0:0:0/96": "IPv4 translated (SIIT)",
    "64:ff9b::/96": "IPv4 behind NAT64",
    "64:ff9b:1::/48": "IPv4 behind local NAT64",
    "100::/64": "discarded",
    "2001::/23": "for protocols (Teredo, ORCHID)",
    "2001:db8::/32": "for documentation",
    "2002::/16": "IPv4 in 6to4",
    "2620:4f:8000::/48": "for name servers (AS112)",
    "3fff::/20": "for documentation",
    "5f00::/16": "for segment routing",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
_DENIED = tuple((ipaddress.ip_network(network), what) for network, what in DENIED.items())
# Clouds give out secrets at these addresses: never permitted.
METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"))
)
_PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")  # all that is handed out
_ISATAP = frozenset((0x00005EFE, 0x02005EFE))  # RFC 5214: IPv4 in the lower half of any IPv6 address

# Ports of other services, after https://fetch.spec.whatwg.org/#port-blocking, and of databases.
PRIVILEGED_PORT = 1024
WEB_PORTS = frozenset((80, 443))
# fmt: off
OTHER_PORTS = frozenset((
    1433, 1521, 1719, 1720, 1723, 2049, 2375, 2379, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5672, 5900, 6000,
    6379, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9042, 9200, 9300, 10080, 10250, 11211, 27017,
))
# fmt: on


def networks(written: Iterable[str]) -> tuple[Network, ...]:
    """Return networks written as CIDR ("10.1.0.0/16") or single addresses; raises `ValueError` for anything else."""
    return tuple(ipaddress.ip_network(one.strip(), strict=False) for one in written if one.strip())


PRIVATE = networks(("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7"))
"""This machine and its own network, for an admin who reads from inside."""


def why_denied(address: str, port: int, permitted: tuple[Network, ...] = ()) -> str | None:
    """Return why a socket must not be connected to `address`, an IP address as text; None if it may be.

    An address in a `permitted` network may be connected to on any port, unless it is in `METADATA`.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "not an IP address"
    if ip not in METADATA and any(ip in network for network in permitted):
        return None
    if (what := next((what for network, what in _DENIED if ip in network), None)) is not None:
        return what
    if isinstance(ip, ipaddress.IPv6Address) and (what := why_not_public(ip)) is not None:
        return what
    if (port < PRIVILEGED_PORT and port not in WEB_PORTS) or port in OTHER_PORTS:
        return f"port {port}, which is not for the web"
    return None


def why_not_public(ip: ipaddress.IPv6Address) -> str | None:
    """Return why an IPv6 address outside DENIED is still not public; None if it is public."""
    if ip.scope_id is not None:
        return "link-local"
    if ip not in _PUBLIC_IPV6:
        return "not handed out to anyone"
    return "IPv4 written as IPv6" if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP else None
