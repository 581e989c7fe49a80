"""Requests to addresses that people give: public ones only, resolved once, within limits, silent about the inside."""

from __future__ import annotations

import ipaddress
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from trueline.kit.http import AddressRefused, Limits, Outgoing, Unreachable, is_public, networks

LOOPBACK = networks("127.0.0.1/32")
PUBLIC = "93.184.216.34"


class Receiver(BaseHTTPRequestHandler):
    """Says what the path asks for."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))  # unread, it would make the close a reset
        self.server.seen.append((self.headers["Host"], self.path))
        if self.path.startswith("/to/"):
            self.send_response(307)
            self.send_header("Location", self.server.onward)
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(b"x" * 200_000)
        elif self.path == "/drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            with suppress(ConnectionError):
                for number in range(100):
                    self.wfile.write(b"X-%d: y\r\n" % number)
                    self.server.stop.wait(0.05)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"well")

    def log_message(self, *_words):
        """Say nothing."""


@pytest.fixture(scope="module")
def receiver():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.seen, server.onward, server.stop = [], "", threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.stop.set()
    server.shutdown()
    server.server_close()


def to(*addresses):
    return Outgoing(resolve=lambda _host, _port: addresses)


def post(client, url, **limits):
    return client.send("POST", url, body=b"{}", headers={}, limits=Limits(**limits))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://0.0.0.0/", "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://224.0.0.1/",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:8.8.8.8]/", "http://[64:ff9b::7f00:1]/", "http://[::7f00:1]/",
        "http://[2002:7f00:1::]/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[ff02::1]/",
        "http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://127.1/", "http://0x7f.0.0.1/",
        "http://127.0.0.0x1/", "http://0300.0250.1.1/", "http://134744072/",
        "http://localhost/", "http://localhost./", "http://LOCALHOST/", "http://127。0。0。1/", "http://１２７.0.0.1/",
        "http://127.0.0.1./", "http://192.88.99.1/", "http://192.0.0.1/", "http://[2001::1]/", "http://[fe80::1%25lo]/",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(url):
    with pytest.raises(AddressRefused):
        Outgoing().check(url)


@pytest.mark.parametrize(
    "url",
    [
        "gopher://example.org/", "file:///etc/passwd", "ftp://example.org/", "//example.org/", "example.org", "",
        "http://", "http:///path", "http://user@example.org/", "http://a:b@example.org/", "http://example.org@127.0.0.1/",
        "http://example.org:22/", "http://example.org:25/", "http://example.org:6379/", "http://example.org:0/",
        "http://example.org:99999/", "http://exa mple.org/", "http://example.org\\@127.0.0.1/",
        "http://example.org/\r\nX: y",
        "http://example..org/", "http://-x.org/", "http://[v1.a]/", "http://[::1/", "https://" + "a" * 3000,
        "http://example.org/\x00", "javascript:alert(1)", "http://%31%32%37.0.0.1/",
    ],
)  # fmt: skip
def test_addresses_of_another_form_are_refused_without_asking_anybody(url):
    asked = []

    def resolve(host, port):
        asked.append(host)
        return [PUBLIC]

    with pytest.raises(AddressRefused):
        Outgoing(resolve=resolve).check(url)
    assert set(asked) <= {"example.org"}  # a port is looked at once the address is known


@pytest.mark.parametrize("url", ["https://example.org/hook?a=1", "http://example.org.", "https://bücher.example:8443/"])
def test_a_public_name_is_resolved_once_and_its_address_taken(url):
    asked = []

    def resolve(host, port):
        asked.append(host)
        return [PUBLIC]

    assert Outgoing(resolve=resolve).check(url).address == PUBLIC
    assert len(asked) == 1


def test_a_name_with_one_private_address_among_public_ones_is_refused():
    with pytest.raises(AddressRefused):
        to(PUBLIC, "10.0.0.1").check("https://example.org/")


def test_a_name_that_changes_its_mind_is_connected_where_it_was_checked(receiver):
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    client = Outgoing(LOOPBACK, resolve=lambda _host, _port: answers.pop(0))
    port = receiver.server_port
    assert post(client, f"http://hooks.example.org:{port}/").body == b"well"
    assert receiver.seen[-1] == (f"hooks.example.org:{port}", "/")
    assert len(answers) == 1


def test_an_internal_name_and_one_that_does_not_exist_get_the_same_words():
    def unknown(_host, _port):
        raise OSError("Name or service not known")

    words = set()
    for client in (to("10.0.0.1"), to(), Outgoing(resolve=unknown)):
        with pytest.raises(AddressRefused) as refused:
            client.check("https://db.internal/")
        words.add(str(refused.value))
    assert len(words) == 1
    assert "10.0.0.1" not in words.pop()


def test_a_redirect_is_not_followed_unless_asked_for(receiver):
    receiver.onward = "http://127.0.0.1:1/"
    url = f"http://127.0.0.1:{receiver.server_port}/to/there"
    assert post(Outgoing(LOOPBACK), url).status == 307


@pytest.mark.parametrize("onward", ["http://10.0.0.1/", "file:///etc/passwd", "http://user@127.0.0.1/"])
def test_a_redirect_into_the_inside_is_refused(receiver, onward):
    receiver.onward = onward
    with pytest.raises(AddressRefused):
        post(Outgoing(LOOPBACK), f"http://127.0.0.1:{receiver.server_port}/to/there", hops=2)


def test_a_loop_of_redirects_ends(receiver):
    receiver.onward = "/to/there"
    with pytest.raises(Unreachable, match="too often"):
        post(Outgoing(LOOPBACK), f"http://127.0.0.1:{receiver.server_port}/to/there", hops=3)


def test_a_redirect_from_https_to_http_is_refused():
    client = to(PUBLIC)
    with pytest.raises(AddressRefused):
        client._next(client.check("https://example.org/"), "http://example.org/")


def test_an_answer_without_end_is_cut_off(receiver):
    with pytest.raises(Unreachable, match="too long"):
        post(Outgoing(LOOPBACK), f"http://127.0.0.1:{receiver.server_port}/endless")


def test_an_answer_that_drips_ends_at_its_time(receiver):
    began = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        post(Outgoing(LOOPBACK), f"http://127.0.0.1:{receiver.server_port}/drip", seconds=0.2)
    assert time.monotonic() - began < 2


def test_nobody_listening_is_said_without_what_the_system_said(receiver):
    with pytest.raises(Unreachable) as ended:
        post(Outgoing(networks("127.0.0.2/32")), "http://127.0.0.2:9/")
    assert "127" not in str(ended.value)
    assert "refused" not in str(ended.value).lower()


def test_the_networks_of_the_internet_registry_for_special_use_are_not_public():
    special = "0.1.2.3 100.127.255.255 127.0.0.53 169.254.1.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 240.0.0.1"
    assert [text for text in special.split() if is_public(ipaddress.ip_address(text))] == []
    assert is_public(ipaddress.ip_address("2606:4700::1111"))
    assert is_public(ipaddress.ip_address("1.1.1.1"))
