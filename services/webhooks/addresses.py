"""Which addresses may be called: public ones alone, looked up and judged anew before every connection.

The connection is then made to the very address that was judged, so that a name which answers differently a moment later
(DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_URL = 2_000
ADDRESSES_TRIED = 4
HTTPS, HTTP = "https", "http"
# Addresses of IPv6 that carry one of IPv4 within: that one is judged.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(ValueError):
    """The URL or what its name leads to may not be called; says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be called, taken apart."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str, *, loopback: bool) -> Target:
    """Takes a URL apart; raises AddressRefused. With `loopback` plain HTTP to this machine is let through too."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(f"a URL has at most {LONGEST_URL} printable ASCII characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("the URL cannot be read") from None
    schemes = (HTTPS, HTTP) if loopback else (HTTPS,)
    if parts.scheme not in schemes:
        raise AddressRefused("the URL must begin with https://")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise AddressRefused("the URL needs a host, and no user name or password")
    if parts.fragment:
        raise AddressRefused("the URL must not have a fragment")
    default = 443 if parts.scheme == HTTPS else 80
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port or default, path)


def checked_addresses(target: Target, *, loopback: bool) -> tuple[str, ...]:
    """What the host's name leads to now; raises AddressRefused when any of it is not public, and OSError when nothing
    is found.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        refuse_address(address, loopback=loopback)
    return addresses[:ADDRESSES_TRIED]


def refuse_address(text: str, *, loopback: bool) -> None:
    """Raises AddressRefused for every address but a public one; `loopback` lets this machine's own through."""
    try:
        address = _innermost(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        raise AddressRefused("the name leads to something that is no address") from None
    if loopback and address.is_loopback:
        return
    # `is_global` knows the registries of IANA: private, loopback, link-local, shared, documentation and more.
    if not address.is_global or address.is_multicast or address.is_reserved:
        raise AddressRefused("the name leads to an address that is not public")


def _innermost(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
