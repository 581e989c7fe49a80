"""A real mail server and a real web server on the loopback, small enough to read."""

from __future__ import annotations

import email
import socketserver
import threading
from contextlib import contextmanager
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a client that sends needs."""

    def handle(self):
        self.say(b"220 here")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                if self.server.refuses:
                    self.say(b"451 not now")
                    continue
                self.say(b"354 go on")
                self.server.mails.append(email.message_from_bytes(self._message(), policy=default))
                self.say(b"250 kept")
            elif verb == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 well")

    def _message(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, words):
        self.wfile.write(words + b"\r\n")


class _Receiver(BaseHTTPRequestHandler):
    """Keeps what it gets, and answers with the next of the statuses it was told."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((dict(self.headers), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words):
        """Say nothing."""


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def mail_server():
    server = _Tcp(("127.0.0.1", 0), _Mailbox)
    server.mails, server.refuses = [], False
    yield from _served(server)


@contextmanager
def web_server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    server.requests, server.statuses = [], []
    yield from _served(server)


def _served(server):
    server.port = server.server_address[1]
    server.url = f"http://127.0.0.1:{server.port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
