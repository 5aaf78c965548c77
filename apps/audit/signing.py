"""Sign with the key of the evidence, which lies in a file that the web process need not be able to read."""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.utils.translation import gettext as _


class KeyRefused(Exception):
    """There is no usable key; the sentence says what to do."""


@dataclass(frozen=True)
class Signer:
    """Ed25519. public: the key that checks, 64 hexadecimal digits."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> str:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, content: bytes) -> str:
        """128 hexadecimal digits."""
        return self.key.sign(content).hex()


def signer() -> Signer:
    """The one of EVIDENCE_KEY_FILE; with the embedded servers one is made when first needed. Raises KeyRefused."""
    path = Path(settings.EVIDENCE_KEY_FILE)
    if not settings.EVIDENCE_KEY_FILE:
        raise KeyRefused(
            _("EVIDENCE_KEY_FILE names no key to sign with; make one with: manage.py make_evidence_key FILE")
        )
    if settings.SERVICES.embedded and not path.exists():
        make_key(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise KeyRefused(
            _("EVIDENCE_KEY_FILE: %(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyRefused(
            _("EVIDENCE_KEY_FILE: %s holds no readable key in PEM without password.") % path
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(
            _(
                "EVIDENCE_KEY_FILE: %s holds another kind of key than Ed25519; "
                "make one with: manage.py make_evidence_key FILE"
            )
            % path
        )
    return Signer(key)


def make_key(path: Path) -> Signer:
    """Write a new private key that its owner alone may read. Raises KeyRefused when something is there."""
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.touch(mode=0o600, exist_ok=False)
        try:
            fresh.write_bytes(content)
            os.link(fresh, path)  # never half a key, never over another one
        finally:
            fresh.unlink()
    except OSError as error:
        raise KeyRefused(f"{path} cannot be made: {error.strerror}; a key is never written over.") from error
    return Signer(key)
