"""Secrets of second factors as the database keeps them: unreadable without SECRET_KEY."""

import base64
from functools import cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def fernet() -> Fernet:
    return _fernet(settings.SECRET_KEY)


@cache
def _fernet(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bonus_tracker second factor")
    return Fernet(base64.urlsafe_b64encode(key.derive(secret.encode())))
