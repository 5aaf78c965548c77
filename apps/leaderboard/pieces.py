"""Answers out of finished pieces: bytes rendered and compressed once, joined anew for each request.

A gzip stream (RFC 1952) is a row of deflated stretches with one head and one checksum around them, and a
stretch that refers to nothing before it can stand in any stream. So what many readers share is compressed
once, and apart from what is one reader's own: neither shows by its size what is in the other.
"""

import re
import secrets
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # no name, no time
DEFLATE_END = b"\x03\0"  # a last stretch with nothing in it
STORED_MOST = 0xFFFF  # bytes


@dataclass(frozen=True)
class Piece:
    """Bytes as they are, and deflated."""

    plain: bytes
    deflated: bytes

    @classmethod
    def of(cls, text: str | bytes) -> Self:
        """For what is sent more than once."""
        plain = text if isinstance(text, bytes) else text.encode()
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return cls(plain, packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH))

    @classmethod
    def stored(cls, text: str) -> Self:
        """Not compressed: a few bytes that are sent once, or a secret that compression could give away."""
        plain = text.encode()[:STORED_MOST]
        return cls(plain, struct.pack("<BHH", 0, len(plain), len(plain) ^ STORED_MOST) + plain)


Sheet = tuple[Piece | str, ...]  # a str: the name of the slot there


class Marks:
    """Stand in a template's context for what is filled in later; nobody else can write them."""

    def __init__(self) -> None:
        self._secret = secrets.token_hex(8)

    def __getitem__(self, name: str) -> str:
        return f"{self._secret}:{name}:"

    def sheet(self, html: str) -> Sheet:
        """What was rendered, cut at the marks."""
        parts = re.split(rf"{self._secret}:(\w+):", html)
        return tuple(text if n % 2 else Piece.of(text) for n, text in enumerate(parts))


def answer(
    request: HttpRequest, sheet: Sheet, content: Mapping[str, Piece], content_type: str
) -> HttpResponse:
    """The filled sheet, compressed for who takes that."""
    pieces = [content[piece] if isinstance(piece, str) else piece for piece in sheet]
    plain = b"".join(piece.plain for piece in pieces)
    response = HttpResponse(plain, content_type=content_type)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        end = struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
        deflated = b"".join(piece.deflated for piece in pieces)
        response.content = b"".join((GZIP_HEAD, deflated, DEFLATE_END, end))
        response.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
