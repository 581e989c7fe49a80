"""Requests to addresses that people give us: to public networks only, once resolved, within limits.

The name is resolved once, every address it has is checked, and the connection goes to one of those that were checked,
so that a name cannot change its mind in between. Host and SNI keep the name. What went wrong is told in few words:
an internal name and one that does not exist get the same answer, so nobody learns what is inside our network.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswerInTime
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from trueline.kit.errors import Refused, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

PORTS = {"http": 80, "https": 443}
_USUAL_PORTS = frozenset({80, 443, 8080, 8443})
_LONGEST = 2_000
_RESOLVING_SECONDS = 5.0
_CHUNK = 16_384
# Public by their bits, but they lead elsewhere: relays of 6to4, addresses that carry an IPv4 one, protocol assignments.
_NOT_PUBLIC: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23", "2002::/16")
)
_UNICAST6 = ipaddress.ip_network("2000::/3")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


class AddressRefused(Refused):
    """The address is not one that we send to; whether something is there is not said."""

    code = "address_refused"

    def __init__(self) -> None:
        super().__init__(
            "This address cannot be used: it is not an http or https address that is reached in a public network.",
            next_step="Use the receiver's public name. Whoever runs this installation can allow private networks.",
        )


class Unreachable(Unavailable):
    """No answer that could be used."""

    code = "receiver_unreachable"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may take.

    Attributes:
        seconds: From the first connection to the last byte, all hops together.
        body_bytes: Longest answer that is read.
        hops: How many redirects are followed; each is checked like the first address.
    """

    seconds: float = 10.0
    body_bytes: int = 65_536
    hops: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for."""

    method: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """An address that may be connected to: the name it was given by, and the one address that was chosen."""

    url: SplitResult
    host: str
    port: int
    address: str

    @property
    def target(self) -> str:
        """Path and query as they are asked for."""
        return (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.url.scheme] else f"{host}:{self.port}"


def system_resolve(host: str, port: int) -> Sequence[str]:
    """Addresses of a name by the system's resolver. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outgoing:
    """Sends requests to addresses that people gave.

    Args:
        allowed: Private networks that whoever runs the installation has allowed; any port is good there.
        resolve: Gives the addresses of a name.
    """

    def __init__(self, allowed: Sequence[Network] = (), resolve: Resolve = system_resolve) -> None:
        self._allowed = tuple(allowed)
        self._resolve = resolve
        self._tls = ssl.create_default_context()

    def check(self, url: str) -> Checked:
        """The address taken apart and resolved. Raises `AddressRefused`."""
        parts, host, port = _taken_apart(url)
        found = [_address(text) for text in self._resolved(host, port)]
        if not found or not all(self._may_go(address, port) for address in found):
            raise AddressRefused
        return Checked(parts, host, port, str(found[0]))

    def send(
        self, method: str, url: str, *, body: bytes, headers: Mapping[str, str], limits: Limits | None = None
    ) -> Answer:
        """One request and its answer, whatever its status. Raises `AddressRefused`, `Unreachable`."""
        limits, question = limits or Limits(), Question(method, body, headers)
        until = time.monotonic() + limits.seconds
        checked = self.check(url)
        for _hop in range(limits.hops + 1):
            answer = self._exchange(checked, question, until, limits.body_bytes)
            onward = answer.headers.get("location")
            if limits.hops == 0 or onward is None or answer.status not in (307, 308):
                return answer
            checked = self._next(checked, onward)
        raise Unreachable("The receiver passes on too often.")

    def _next(self, before: Checked, onward: str) -> Checked:
        after = self.check(urljoin(before.url.geturl(), onward))
        if before.url.scheme == "https" and after.url.scheme != "https":
            raise AddressRefused
        return after

    def _exchange(self, to: Checked, question: Question, until: float, limit: int) -> Answer:
        try:
            with _cut_off(until) as watch:
                answer = _asked(_connected(to, self._tls, until, watch), to, question, limit)
            if time.monotonic() >= until:  # it was cut off, which reads like an end
                raise TimeoutError
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise Unreachable(_sentence(error, until)) from error
        return answer

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        # The system's resolver knows no limit of time; the thread that waits for it ends by itself.
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="resolve")
        try:
            return pool.submit(self._resolve, host, port).result(timeout=_RESOLVING_SECONDS)
        except (OSError, UnicodeError, NoAnswerInTime) as error:
            raise AddressRefused from error
        finally:
            pool.shutdown(wait=False)

    def _may_go(self, address: Address | None, port: int) -> bool:
        if address is None:
            return False
        if any(address.version == network.version and address in network for network in self._allowed):
            return True
        return is_public(address) and port in _USUAL_PORTS


def is_public(address: Address) -> bool:
    """Whether an address is one of the public network, and leads nowhere else."""
    if any(address.version == network.version and address in network for network in _NOT_PUBLIC):
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address not in _UNICAST6):
        return False
    return address.is_global and not address.is_multicast


def networks(text: str) -> tuple[Network, ...]:
    """Networks from a setting, parted by commas or spaces. Raises `ValueError`."""
    return tuple(ipaddress.ip_network(word) for word in text.replace(",", " ").split())


def _taken_apart(url: str) -> tuple[SplitResult, str, int]:
    if len(url) > _LONGEST or not url.isprintable() or any(sign in url for sign in " \\"):
        raise AddressRefused
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused from error
    if parts.scheme not in PORTS or "@" in parts.netloc or port == 0 or ("[" in parts.netloc and ":" not in host):
        raise AddressRefused
    return parts._replace(fragment=""), _host(host), port or PORTS[parts.scheme]


def _host(host: str) -> str:
    """The name as it is looked up. A number that is no plain IPv4 address is refused, whatever it would become."""
    if ":" in host:
        if _address(host) is None:
            raise AddressRefused
        return host
    try:
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise AddressRefused from error
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused
    if _NUMBER.fullmatch(labels[-1]) and (_address(name) is None or str(_address(name)) != name):
        raise AddressRefused
    return name


def _address(text: str) -> Address | None:
    try:
        return None if "%" in text else ipaddress.ip_address(text)
    except ValueError:
        return None


class _Watch:
    """Ends a connection at its time, however slowly the other side speaks."""

    def __init__(self) -> None:
        self._sock: socket.socket | None = None

    def over(self, sock: socket.socket) -> None:
        self._sock = sock

    def cut(self) -> None:
        if self._sock is not None:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def _cut_off(until: float) -> Iterator[_Watch]:
    watch = _Watch()
    timer = threading.Timer(max(until - time.monotonic(), 0.0), watch.cut)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()


def _connected(to: Checked, tls: ssl.SSLContext, until: float, watch: _Watch) -> socket.socket:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    plain = socket.create_connection((to.address, to.port), timeout=left)
    watch.over(plain)
    if to.url.scheme != "https":
        return plain
    try:
        return tls.wrap_socket(plain, server_hostname=to.host)
    except BaseException:
        plain.close()
        raise


def _asked(sock: socket.socket, to: Checked, question: Question, limit: int) -> Answer:
    connection = http.client.HTTPConnection(to.host, to.port)
    connection.sock = sock  # connected already, to the address that was checked
    try:
        said = {"Host": to.authority, "Accept-Encoding": "identity", "Connection": "close", **question.headers}
        connection.request(question.method, to.target, body=question.body, headers=said)
        with connection.getresponse() as response:  # it holds the socket, also when it is too long to be read
            return Answer(response.status, _read(response, limit), _lowered(response))
    finally:
        connection.close()


def _lowered(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _read(response: http.client.HTTPResponse, limit: int) -> bytes:
    body = bytearray()
    while part := response.read(_CHUNK):
        body += part
        if len(body) > limit:
            raise ValueError("the answer is too long")
    return bytes(body)


def _sentence(error: Exception, until: float) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "The receiver's certificate is not valid for its name."
    if isinstance(error, TimeoutError) or time.monotonic() >= until:
        return "The receiver did not answer in time."
    if isinstance(error, ValueError):
        return "The receiver's answer was too long."
    return "The receiver could not be reached."
