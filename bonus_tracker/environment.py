"""Reads settings from the environment and refuses nonsense with one sentence.

Without DATABASE_URL and REDIS_URL the checkout's own servers are used (bonus_tracker.embedded),
and secrets are generated into VAR_DIR; with them, every secret must be given.
"""

import os
import re
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
MINIMUM_SECRET_LENGTH = 32  # characters


@dataclass(frozen=True)
class Services:
    """Addresses of the servers in use; `embedded` says whether they are the checkout's own."""

    database_url: str
    database_owner_url: str
    redis_url: str
    embedded: bool


@dataclass(frozen=True)
class OpenIDProvider:
    """The company's own sign-in. employee_claim: which claim of its tokens holds the employee's number."""

    issuer: str
    client_id: str
    client_secret: str
    employee_claim: str
    name: str


def text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def integer(name: str, default: int, *, low: int, high: int) -> int:
    value = text(name, str(default))
    if not value.isascii() or not value.lstrip("-").isdigit() or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
    return int(value)


def boolean(name: str, default: bool) -> bool:
    value = text(name, str(default)).lower()
    if value not in {"true", "false", "1", "0", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in {"true", "1", "yes"}


def choice(name: str, default: str, known: tuple[str, ...]) -> str:
    value = text(name, default)
    for each in known:
        if each.lower() == value.lower():
            return each
    raise ImproperlyConfigured(f"{name} must be one of {', '.join(known)}, not {value!r}.")


def platform(name: str, default: str) -> str:
    value = text(name, default)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", value):
        raise ImproperlyConfigured(f"{name} must be 1 to 40 letters, digits, dots or dashes, not {value!r}.")
    return value


def origins(name: str) -> list[str]:
    found = words(name, "")
    for value in found:
        if not re.match(r"https?://[^/]+$", value):
            raise ImproperlyConfigured(f"{name} holds {value!r}; write it such as https://bonus.example.")
    return found


def words(name: str, default: str) -> list[str]:
    return [word for word in text(name, default).replace(",", " ").split() if word]


def openid_provider() -> OpenIDProvider | None:
    """None when nothing is said about one; refused when only half of it is."""
    needed = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    given = [name for name in (*needed, "OIDC_EMPLOYEE_CLAIM", "OIDC_NAME") if text(name, "")]
    missing = [name for name in needed if not text(name, "")]
    if not given:
        return None
    if missing:
        raise ImproperlyConfigured(f"Set {', '.join(needed)} together; {', '.join(missing)} is missing.")
    issuer = text("OIDC_ISSUER", "").rstrip("/")
    if not re.match(
        r"https://[^/?#\s]+[^?#\s]*$|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^?#\s]*)?$", issuer
    ):
        raise ImproperlyConfigured("OIDC_ISSUER must be an address such as https://login.company.example.")
    return OpenIDProvider(
        issuer,
        text("OIDC_CLIENT_ID", ""),
        text("OIDC_CLIENT_SECRET", ""),
        text("OIDC_EMPLOYEE_CLAIM", "employee_number"),
        text("OIDC_NAME", ""),
    )


def zone(name: str, default: str) -> str:
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a time zone; use a name such as Asia/Shanghai or UTC."
        ) from None
    return value


def var_dir() -> Path:
    return Path(text("VAR_DIR", str(BASE_DIR / "var"))).absolute()


@cache
def services() -> Services:
    """The servers to use; starts the embedded ones when no URL is given."""
    database_url, redis_url = text("DATABASE_URL", ""), text("REDIS_URL", "")
    if not database_url and not redis_url:
        return _embedded_services()
    if not database_url or not redis_url:
        missing = "REDIS_URL" if database_url else "DATABASE_URL"
        raise ImproperlyConfigured(f"Set DATABASE_URL and REDIS_URL together; {missing} is missing.")
    _check_address("DATABASE_URL", database_url, {"postgres", "postgresql"})
    _check_address("REDIS_URL", redis_url, {"redis", "rediss", "unix"})
    owner_url = text("DATABASE_OWNER_URL", database_url)
    _check_address("DATABASE_OWNER_URL", owner_url, {"postgres", "postgresql"})
    return Services(database_url, owner_url, redis_url, embedded=False)


def _embedded_services() -> Services:
    from bonus_tracker.embedded import EmbeddedError, attach

    try:
        endpoints = attach(var_dir())
    except EmbeddedError as error:
        raise ImproperlyConfigured(str(error)) from error
    return Services(endpoints.database_url, endpoints.database_owner_url, endpoints.redis_url, embedded=True)


def _check_address(name: str, url: str, schemes: set[str]) -> None:
    try:
        scheme, _port = urlsplit(url).scheme, urlsplit(url).port  # the port is only looked at when asked for
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is no address: {error}.") from None
    if scheme not in schemes:
        raise ImproperlyConfigured(
            f"{name} must begin with {' or '.join(f'{scheme}://' for scheme in sorted(schemes))}."
        )


def secret(name: str) -> str:
    """A secret of at least 32 characters: from the environment, or generated for the embedded servers."""
    value = text(name, "")
    if not value:
        if not services().embedded:
            raise ImproperlyConfigured(
                f"{name} is missing; make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return _generated_secret(var_dir() / "secrets" / name.lower())
    if len(value) < MINIMUM_SECRET_LENGTH or len(set(value)) < 10:
        raise ImproperlyConfigured(
            f"{name} is too weak: it needs {MINIMUM_SECRET_LENGTH} or more random characters."
        )
    return value


def _generated_secret(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(48))
    try:
        os.link(fresh, path)  # whoever links first decides; nobody ever reads half a secret
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text()
