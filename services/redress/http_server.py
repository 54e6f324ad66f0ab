"""Serves HTTP in a process that handles its own signals, on a port taken before anything started."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

STOP_SECONDS = 5


class PortTaken(RuntimeError):
    """Another program listens on the address."""


def take_port(host: str, port: int) -> socket.socket:
    """Binds the address now, so that a taken port is told before anything else starts; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP so that the event loop switches off the delay of small answers (Nagle).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as trouble:
        listening.close()
        raise PortTaken(
            f"Port {port} on {host} cannot be used ({trouble.strerror}): choose another with --port PORT."
        ) from trouble
    return listening


def address_of(listening: socket.socket) -> str:
    """Where it listens, as host:port."""
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class HttpServer:
    """A worker that serves an application on a socket until it is told to stop."""

    def __init__(
        self, application: FastAPI, listening: socket.socket, *, name: str = "http"
    ) -> None:
        self.name = name
        self._listening = listening
        self._application = application
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        self._server = _QuietServer(config)

    @property
    def address(self) -> str:
        """Where it serves, as host:port."""
        return address_of(self._listening)

    async def serving(self) -> None:
        """Returns when the first request can be taken."""
        await self._server.is_serving.wait()

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until `stop` is set; requests under way are finished within five seconds."""
        serving = asyncio.create_task(self._server.serve(sockets=[self._listening]))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        self._application.state.is_stopping = True  # who waits for news is answered now
        self._server.should_exit = True
        stopping.cancel()
        await serving


class _QuietServer(uvicorn.Server):
    """Leaves the signals to the process that owns it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_serving = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.is_serving.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
