"""Handles as keyed pseudonyms: a stranger's handle is never stored, only these."""

import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

MAXIMUM_HANDLE_LENGTH = 320  # characters: the longest e-mail address
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL, and halves of characters that JSON can smuggle in
BLOCK = 64  # bytes of SHA-256
KEY = Struct(">q")
LONGEST_ENDING = 24  # characters of a domain's last label in a hint


class Pseudonym(NamedTuple):
    """What is kept of a stranger's handle.

    key: 64 bits of the digest, signed, the contact's id; digest: HMAC-SHA256, 32 bytes;
    hint: masked, for those who know the handle; domain_keys: of its domain and each parent.
    """

    key: int
    digest: bytes
    hint: str
    domain_keys: list[int]


def normalise(handle: str) -> str:
    """The one spelling of a handle; normalising it again changes nothing. Raises ValueError if unusable.

    Case folded, in compatibility form (NFKC), no surrounding space, its domain in ASCII (IDNA).
    """
    handle = handle.strip()
    handle = handle.lower() if handle.isascii() else _folded(handle)
    if not handle:
        raise ValueError(_("the handle is empty"))
    if len(handle) > MAXIMUM_HANDLE_LENGTH:
        raise ValueError(_("the handle is longer than %d characters") % MAXIMUM_HANDLE_LENGTH)
    if UNSTORABLE.search(handle):
        raise ValueError(_("the handle holds a character that is none"))
    return handle


def _folded(handle: str) -> str:
    # Unicode's compatibility caseless form (D146): folding can undo the composition and the other way round.
    for form in ("NFD", "NFKC", "NFKC"):
        handle = unicodedata.normalize(form, handle).casefold()
    handle = unicodedata.normalize("NFKC", handle).strip()
    local, at, domain = handle.rpartition("@")
    return f"{local}@{ascii_domain(domain)}" if at else handle


def ascii_domain(domain: str) -> str:
    """An international domain in its ASCII form; one that has none, as it is."""
    try:
        return domain.encode("idna").decode().lower()
    except UnicodeError:
        return domain


def digest(platform: str, handle: str) -> bytes:
    """HMAC-SHA256 under the company's key of platform, NUL, normalised handle."""
    inner, outer = _begun(settings.PSEUDONYM_KEY, f"{platform}\0")
    return _ended(inner, outer, handle)


def account_key(platform: str, handle: str) -> int:
    """The signed 64-bit id of a normalised handle, for employees' accounts and contacts alike."""
    return key_of(digest(platform, handle))


def key_of(full_digest: bytes) -> int:
    key: int = KEY.unpack_from(full_digest)[0]
    return key


def pseudonym(platform: str, handle: str) -> Pseudonym:
    full = digest(platform, handle)
    return Pseudonym(key_of(full), full, masked_hint(handle), domain_keys(handle))


def domain_of(handle: str) -> str:
    return handle.rpartition("@")[2] if "@" in handle else ""


def domain_keys(handle: str) -> list[int]:
    """Keys of the handle's domain and of each parent of two labels or more, longest first."""
    domain = domain_of(handle)
    if not domain:
        return []
    labels = domain.split(".")
    suffixes = [".".join(labels[i:]) for i in range(max(1, len(labels) - 1))]
    return [domain_key(suffix) for suffix in suffixes]


def domain_key(domain: str) -> int:
    return _domain_key(domain, settings.PSEUDONYM_KEY)


@lru_cache(maxsize=10_000)
def _domain_key(domain: str, key: str) -> int:
    return key_of(_ended(*_begun(key, "domain\0"), domain))


def is_under(domain: str, company_domains: frozenset[str]) -> bool:
    """Whether a domain is one of the company's or below one."""
    while domain:
        if domain in company_domains:
            return True
        domain = domain.partition(".")[2]
    return False


def masked_hint(handle: str) -> str:
    """Enough for its owner's friends to recognise, too little to reach anybody: "li…g@ac….example".

    At most 40 characters; what stands before the @ is always shorter than the local part was.
    """
    local, at, domain = handle.rpartition("@")
    if not at:
        return f"{handle[:3]}…{handle[-2:]}" if len(handle) > 8 else _masked(handle)
    name, dot, ending = domain.rpartition(".")
    ending = ending[:LONGEST_ENDING]
    return f"{_masked(local)}@{name[:2]}…{dot}{ending}" if dot else f"{_masked(local)}@{ending[:2]}…"


def _masked(local: str) -> str:
    if len(local) > 4:
        return f"{local[:2]}…{local[-1:]}"
    return f"{local[:1]}…" if len(local) > 1 else "…"


def key_fingerprint() -> str:
    """What the database remembers of the key: enough to notice another one, nothing to find it."""
    return hashlib.sha256(b"fingerprint\0" + hmac.digest(_key(), b"fingerprint", "sha256")).hexdigest()


def _ended(inner: "Hash", outer: "Hash", text: str) -> bytes:
    inner, outer = inner.copy(), outer.copy()
    inner.update(text.encode())
    outer.update(inner.digest())
    return outer.digest()


@lru_cache(maxsize=100)
def _begun(key: str, beginning: str) -> "tuple[Hash, Hash]":
    """Both hashes of an HMAC (RFC 2104) as far as they are the same for all texts that begin so.

    For texts as short as handles this takes less than half the time of hmac, which begins anew each time.
    """
    secret = key.encode()
    secret = hashlib.sha256(secret).digest() if len(secret) > BLOCK else secret
    secret = secret.ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in secret) + beginning.encode())
    return inner, hashlib.sha256(bytes(byte ^ 0x5C for byte in secret))


def _key() -> bytes:
    return settings.PSEUDONYM_KEY.encode()
