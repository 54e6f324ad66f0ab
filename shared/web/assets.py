"""What pages load besides themselves: style, scripts, font and icon, each under an address that
changes with its content, so that no cache ever shows a stale one.
"""

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files

import structlog
from fastapi import FastAPI, HTTPException, Request
from starlette.responses import Response

BUILT = ("style.css", "site.js", "start.js", "atkinson-hyperlegible-next.woff2")
OWN = ("icon.svg",)
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
COMPRESSED = {"css", "js", "svg"}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent, in each encoding that a browser may ask for."""

    name: str
    content: bytes
    encoded: dict[str, bytes]  # "br" and "gzip", best first

    @property
    def version(self) -> str:
        """Twelve characters of the content's hash."""
        return hashlib.sha256(self.content).hexdigest()[:12]

    @property
    def media_type(self) -> str:
        """By the end of the name."""
        return TYPES[self.name.rpartition(".")[2]]


class Assets:
    """All of them, read once."""

    def __init__(self) -> None:
        self._found = {name: found for name in (*BUILT, *OWN) if (found := _read(name))}
        if missing := [name for name in BUILT if name not in self._found]:
            structlog.get_logger().warning(
                "pages_without_style", missing=missing, way_out="make run builds them; see README"
            )

    def address(self, name: str) -> str:
        """Where a page finds `name`; empty when it was not built."""
        found = self._found.get(name)
        return f"/assets/{name}?v={found.version}" if found else ""

    def answer(self, name: str, *, version: str, accepted: str) -> Response:
        """The file, compressed where the browser takes that; 404 for a name that is none."""
        found = self._found.get(name)
        if found is None:
            raise HTTPException(404)
        encodings = {part.split(";")[0].strip() for part in accepted.split(",")}
        chosen = next((one for one in found.encoded if one in encodings), None)
        headers = {"vary": "accept-encoding"}
        if chosen:
            headers["content-encoding"] = chosen
        if version == found.version:
            headers["cache-control"] = FOREVER
        content = found.encoded[chosen] if chosen else found.content
        return Response(content, media_type=found.media_type, headers=headers)


def install_assets(app: FastAPI) -> Assets:
    """Serves them under `/assets/`."""
    assets = Assets()

    @app.get("/assets/{name}", include_in_schema=False)
    def asset(request: Request, name: str, v: str = "") -> Response:
        return assets.answer(name, version=v, accepted=request.headers.get("accept-encoding", ""))

    return assets


def _read(name: str) -> Asset | None:
    folder = files("shared.web").joinpath("built" if name in BUILT else "assets")
    try:
        content = folder.joinpath(name).read_bytes()
    except FileNotFoundError:
        return None
    encoded = {}
    if name.rpartition(".")[2] in COMPRESSED:
        brotli = folder.joinpath(f"{name}.br")
        if brotli.is_file():
            encoded["br"] = brotli.read_bytes()
        encoded["gzip"] = gzip.compress(content, mtime=0)
    return Asset(name, content, encoded)
