"""The private Valkey: queue and cache, nothing of it kept."""

import os
import socket
from pathlib import Path
from signal import SIGTERM

from .layout import valkey_socket
from .programs import valkey_program
from .server import Server

OPTIONS = {
    "--port": "0",
    "--unixsocket": "valkey.sock",  # relative to the folder it runs in: no letter of the path is misread
    "--unixsocketperm": "700",
    "--save": "",  # may be flushed at any moment, so nothing is written to disk
    "--appendonly": "no",
    "--maxmemory-policy": "noeviction",  # a queued job is not to be dropped for a cached page
    "--daemonize": "no",
}


class Valkey(Server):
    name = "valkey"
    stop_signal = SIGTERM

    def command(self) -> list[str]:
        return [str(valkey_program()), *(word for option in OPTIONS.items() for word in option)]

    def folder(self) -> Path:
        return self.home.sockets

    def before_start(self) -> None:
        """Nothing is left from before; Valkey replaces a stale socket by itself."""

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(os.fspath(valkey_socket(self.home.sockets)))
                probe.sendall(b"PING\r\n")
                return probe.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def is_in_place(self) -> bool:
        return not self.pid or valkey_socket(self.home.sockets).exists()
