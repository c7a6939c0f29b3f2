"""Where a fetch must not connect: a canary on every local address that no vector reaches."""

import ipaddress
import re
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain import FetchError
from retrieval.ingest.fetch.addresses import PRIVATE, networks, why_denied
from retrieval.ingest.fetch.fetch import FetchLimits, fetch
from tests.retrieval.ingest.web import Web, http, serving

QUICK = FetchLimits(dial=1.0, total=2.0)

VECTORS = re.findall(
    r"\S+",
    """
127.0.0.1 127.0.0.2 127.1 127.0.1 127.255.255.254 localhost LOCALHOST localhost. 0 0.0.0.0 0.0.0.1
2130706433 0x7f000001 0x7F.1 0x7f.0x0.0x0.0x1 017700000001 0177.0.0.1 0177.1 127.0x1 127.000.000.001
00000177.0.0.1 %31%32%37.0.0.1 127%2e0.0.1
10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 3232235521 0xc0a80001
100.64.0.1 100.100.100.200 100.127.255.255 168.63.129.16
169.254.169.254 169.254.170.2 169.254.0.1 2852039166 0xa9fea9fe 0251.0376.0251.0376 169.254.43518
192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
[::1] [::] [0:0:0:0:0:0:0:1] [::127.0.0.1] [::7f00:1] [::10.0.0.1] [::a9fe:a9fe]
[::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:7f00:1] [::ffff:169.254.169.254] [::ffff:10.0.0.1]
[::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b::10.0.0.1] [64:ff9b:1::127.0.0.1]
[2002:7f00:1::] [2002:7f00:0001::1] [2002:a9fe:a9fe::] [2002:c0a8:1::1]
[2001:0:7f00:1::] [2001::1] [2001:10::1] [2001:20::1] [2001:db8::1] [3fff::1] [5f00::1] [4000::1]
[2a00:1450:4000::5efe:127.0.0.1] [2a00:1450:4000::200:5efe:10.0.0.1]
[fe80::1] [fe80::1%25lo] [fe80::a9fe:a9fe] [fec0::1] [fc00::1] [fd00::1] [fd00:ec2::254] [fdff::1]
[ff02::1] [ff05::1:3] [ff0e::1] [100::1]
""",
)


@pytest.fixture(scope="module")
def canary() -> Iterator[Web]:
    """Listen on every address of this machine."""
    family, host = (socket.AF_INET6, "::") if socket.has_dualstack_ipv6() else (socket.AF_INET, "0.0.0.0")
    with serving(host, family) as server:
        yield server


@pytest.mark.parametrize("host", VECTORS)
def test_no_vector_reaches_the_canary(canary: Web, host: str) -> None:
    before = canary.connections
    with pytest.raises(FetchError):
        fetch(f"http://{host}:{canary.port}/", limits=QUICK)
    assert canary.connections == before


def test_there_are_more_than_sixty_vectors() -> None:
    assert len(set(VECTORS)) >= 60


@pytest.fixture(scope="module")
def redirecting() -> Iterator[Web]:
    """Serve on a loopback address of its own, which alone is permitted."""
    try:
        with serving("127.0.0.77") as server:
            yield server
    except OSError:
        pytest.skip("this system has one loopback address only")


@pytest.mark.parametrize("host", VECTORS)
def test_no_redirect_reaches_the_canary(canary: Web, redirecting: Web, host: str) -> None:
    before = canary.connections
    redirecting.answers["/"] = http("302 Found", Location=f"http://{host}:{canary.port}/")
    with pytest.raises(FetchError):
        fetch(redirecting.url(), permitted=networks(["127.0.0.77"]), limits=QUICK)
    assert canary.connections == before
    assert redirecting.asked


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["fe80::1%lo"], ["not an address"]],
    ids=" ".join,
)
def test_a_name_that_leads_inside_is_not_followed(canary: Web, addresses: list[str]) -> None:
    before = canary.connections
    with pytest.raises(FetchError, match="must not be connected to"):
        fetch(f"http://news.example:{canary.port}/", limits=QUICK, resolve=lambda host, port: addresses)
    assert canary.connections == before


def test_what_an_administrator_permits_is_reached(canary: Web) -> None:
    before = canary.connections
    canary.answers["/"] = http(body=b"sung")
    assert fetch(f"http://127.0.0.1:{canary.port}/", permitted=networks(["127.0.0.0/8"])).data == b"sung"
    assert canary.connections == before + 1


@given(st.ip_addresses(v=4))
def test_ipv4_in_ipv6_is_never_reached(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    for base, shift in (
        ("::", 0),
        ("::ffff:0:0", 0),
        ("::ffff:0:0:0", 0),
        ("64:ff9b::", 0),
        ("2002::", 80),
        ("2001::", 0),
    ):
        written = ipaddress.IPv6Address(int(ipaddress.IPv6Address(base)) | number << shift)
        assert why_denied(str(written), 443) is not None


@given(st.ip_addresses(v=6))
def test_only_addresses_handed_out_are_reached(ip: ipaddress.IPv6Address) -> None:
    if why_denied(str(ip), 443) is None:
        assert ip.is_global
        assert not ip.is_multicast


@given(st.ip_addresses(v=4))
def test_what_python_calls_private_is_never_reached(ip: ipaddress.IPv4Address) -> None:
    if why_denied(str(ip), 443) is None:
        assert ip.is_global
        assert not ip.is_multicast


@pytest.mark.parametrize("address", ["8.8.8.8", "95.56.234.66", "2a00:1450:4010:c0f::8a", "2606:4700::1111"])
def test_public_addresses_are_reached_on_ports_of_the_web(address: str) -> None:
    assert [why_denied(address, port) is None for port in (80, 443, 8080, 22, 25, 6379)] == [True] * 3 + [False] * 3


@pytest.mark.parametrize("address", ["169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"])
def test_nobody_permits_the_secrets_of_a_cloud(address: str) -> None:
    assert why_denied(address, 80, (*PRIVATE, *networks(["0.0.0.0/0", "::/0"]))) is not None


def test_networks_are_written_as_an_administrator_writes_them() -> None:
    assert [str(network) for network in networks(["10.1.2.3/16", " ::1 ", ""])] == ["10.1.0.0/16", "::1/128"]
    with pytest.raises(ValueError, match="nonsense"):
        networks(["nonsense"])
