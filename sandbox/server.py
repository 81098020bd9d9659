"""The sockets: a threading HTTP server around the application."""

from __future__ import annotations

import socket
import threading
import time
import traceback
from datetime import timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .messages import Answer, Dropped, Request
from .web import Application

_CHUNK = b" " * 65536


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server
    _headers_buffer: list[bytes]
    _pace = 0.0

    def do_GET(self) -> None:
        """Answer a request."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        try:
            answer = self.server.application.answer(Request(self.command, self.path, self.headers, body))
            self._send(answer)
        except Dropped:
            self._close()
        except OSError:
            self.close_connection = True
        except Exception:  # a fault of the sandbox itself: to be seen, and not to be taken for Magento's
            traceback.print_exc()
            self._send(Answer(b"The sandbox failed: see its output.", 599, "text/plain"))

    do_POST = do_GET
    do_HEAD = do_GET

    def _send(self, answer: Answer) -> None:
        if answer.hang:
            self._hang()
            return
        self._pace = answer.drip_head
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body) + answer.padding))
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.encoding:
            self.send_header("Content-Encoding", answer.encoding)
        if answer.status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="Restricted"')
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(answer)

    def _send_body(self, answer: Answer) -> None:
        half = len(answer.body) // 2 if answer.pause else 0
        if answer.pause:
            self.wfile.write(answer.body[:half])
            self.wfile.flush()
            time.sleep(answer.pause)
        self._write(answer.body[half : answer.cut], answer.drip)
        for _ in range(answer.padding // len(_CHUNK)):
            self.wfile.write(_CHUNK)
        self.wfile.write(_CHUNK[: answer.padding % len(_CHUNK)])
        self.wfile.flush()
        if answer.cut is not None:
            self._close()

    def flush_headers(self) -> None:
        """Send the headers, at the pace of the answer."""
        head, self._headers_buffer = b"".join(self._headers_buffer), []
        self._write(head, self._pace)

    def _write(self, data: bytes, pace: float) -> None:
        """Send bytes, each of which takes so many seconds."""
        if not pace:
            self.wfile.write(data)
            return
        for number in range(len(data)):
            self.wfile.write(data[number : number + 1])
            self.wfile.flush()
            time.sleep(pace)

    def _hang(self) -> None:
        """Wait until the caller, or the end of the server, closes the connection."""
        self.close_connection = True
        while self.connection.recv(65536):
            continue

    def _close(self) -> None:
        """Close the connection under the caller."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date of an answer: the store's own clock."""
        moment = self.server.application.shop.moment()
        return format_datetime(moment.replace(tzinfo=timezone.utc), usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing to the console: the application keeps its own log."""


class Server(ThreadingHTTPServer):
    """The listening socket."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, application: Application) -> None:
        super().__init__((host, port), Handler)
        self.application = application
        self._open: set[Any] = set()
        self._guard = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that the end of the server is the end of it."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_all(self) -> None:
        """Close every connection, also those kept alive."""
        with self._guard:
            still_open = list(self._open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no error of the store."""
