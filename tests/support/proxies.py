"""One public address in front of services in processes of their own, as deploy/nginx.conf describes it: nginx itself,
or a small proxy that knows its routes and headers and nothing else.
"""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection

from shared.web.building import PROJECT
from tests.support.certificates import certificate
from tests.support.eventually import eventually
from tests.support.ports import free_port

CONFIGURATION = PROJECT / "deploy" / "nginx.conf"
UNKNOWN = "default"
OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade"}
READ_SECONDS = 75.0
PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Route:
    """A line of the map: the service that answers what the pattern matches."""

    pattern: str
    service: str

    def matches(self, path: str) -> bool:
        """Whether it is meant; an address that nobody knows matches no line."""
        return self.pattern != UNKNOWN and re.search(self.pattern, path) is not None


@dataclass(frozen=True)
class ProxyConfiguration:
    """What deploy/nginx.conf says, or another text of its kind."""

    text: str

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The lines of the map in their order."""
        (table,) = re.findall(r"map \$uri \$redress_service \{(.*?)\n    \}", self.text, re.DOTALL)
        lines = re.findall(r"^\s*(?:~(\S+)|default)\s+(\w+);$", table, re.MULTILINE)
        return tuple(Route(pattern or UNKNOWN, service) for pattern, service in lines)

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """What it tells the services of the request, by name, with nginx's own variables."""
        return dict(re.findall(r'proxy_set_header (\S+)\s+"?([^";]*)"?;', self.text))

    def route_of(self, path: str) -> Route | None:
        """The first line that matches; None where only the default would."""
        return next((route for route in self.routes if route.matches(path)), None)

    def on_this_machine(
        self, *, ports: Mapping[str, int], public: int, plain: int, certified: Path
    ) -> str:
        """The same for these ports; every place that an operator changes must be there to be changed."""
        changes = {f"server {name}:8000;": f"server 127.0.0.1:{ports[name]};" for name in ports}
        changes |= {
            "listen 443 ssl;": f"listen 127.0.0.1:{public} ssl;",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "/run/secrets/tls.crt": str(certified),
            "/run/secrets/tls.key": str(certified),
        }
        text = self.text
        for there, here in changes.items():
            assert text.count(there) == 1, f"{there} stands {text.count(there)} times"
            text = text.replace(there, here)
        return text


def shipped() -> ProxyConfiguration:
    """The configuration that is delivered."""
    return ProxyConfiguration(CONFIGURATION.read_text("utf-8"))


@contextmanager
def nginx(folder: Path, *, name: str, port: int, services: Mapping[str, int]) -> Iterator[int]:
    """nginx with the delivered configuration, on `port` for https; gives the port for plain http."""
    plain = free_port()
    folder.mkdir()
    certified = certificate(folder, name)
    text = shipped().on_this_machine(ports=services, public=port, plain=plain, certified=certified)
    places = [
        f"{kind}_temp_path {folder / kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    ]
    # What it keeps stays in the folder, so that it needs no place of the system.
    text = text.replace("http {\n", "http {\n    " + "\n    ".join(places) + "\n", 1)
    configuration = folder / "nginx.conf"
    configuration.write_text(text, "utf-8")
    alone = f"daemon off; pid {folder / 'nginx.pid'}; error_log {folder / 'error.log'};"
    if os.geteuid() == 0:
        alone += " user root;"  # its workers would not reach the folder
    command = [nginx_path() or "nginx", "-p", str(folder), "-c", str(configuration), "-g", alone]
    with (folder / "printed.log").open("wb") as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=printed)
    try:

        def answers() -> bool:
            assert process.poll() is None, (folder / "printed.log").read_text("utf-8")
            return _listens(port)

        eventually(answers)
        yield plain
    finally:
        process.terminate()
        process.wait(30)


def nginx_path() -> str | None:
    """Where nginx is, if it is on this machine."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def small_proxy(
    folder: Path, *, name: str, port: int, services: Mapping[str, int]
) -> Iterator[None]:
    """The routes and headers of the delivered configuration, and no more: what matches no route is answered 502."""
    folder.mkdir()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder, name))
    server = _Server(("127.0.0.1", port), _Passing)
    server.configuration, server.services = shipped(), services
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    configuration: ProxyConfiguration
    services: Mapping[str, int]

    def handle_error(self, *_: object) -> None:
        """A browser that goes away is no trouble."""


class _Passing(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Passes the request on, and the answer back as it comes."""
        route = self.server.configuration.route_of(self.path.partition("?")[0])
        if route is None:
            self.send_error(502, f"No route for {self.path} in deploy/nginx.conf")
            return
        length = int(self.headers.get("content-length", 0))
        ours = self._own
        theirs = {
            header: value
            for header, value in self.headers.items()
            if header.lower() not in OF_ONE_CONNECTION | ours.keys()
        }
        said = theirs | {header: value for header, value in ours.items() if value}
        behind = HTTPConnection(
            "127.0.0.1", self.server.services[route.service], timeout=READ_SECONDS
        )
        try:
            body = self.rfile.read(length) or None
            behind.request(self.command, self.path, body, said)
            self._answer(behind)
        except (HTTPException, OSError) as trouble:
            self.send_error(502, type(trouble).__name__)
        finally:
            behind.close()

    do_POST = do_GET  # noqa: N815 - the library names them after the methods of HTTP

    def log_message(self, *_: object) -> None:
        """It keeps no log."""

    def _answer(self, behind: HTTPConnection) -> None:
        answer = behind.getresponse()
        self.send_response_only(answer.status)
        for header, value in answer.getheaders():
            if header.lower() not in OF_ONE_CONNECTION:
                self.send_header(header, value)
        self.send_header("connection", "close")
        self.end_headers()
        while piece := answer.read1(PIECE_BYTES):
            self.wfile.write(piece)
            self.wfile.flush()

    @cached_property
    def _own(self) -> dict[str, str]:
        known = {
            "$http_host": self.headers.get("host", ""),
            "$remote_addr": self.client_address[0],
            "$scheme": "https",
        }
        named = self.server.configuration.headers.items()
        return {header.lower(): known.get(value, value) for header, value in named}


def _listens(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), timeout=1.0).close()
    except OSError:
        return False
    return True
