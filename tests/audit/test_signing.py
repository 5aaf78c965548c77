"""The key of the evidence: made once, readable by its owner alone, never written over."""

import stat
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command
from django.test import override_settings

from apps.audit.signing import KeyRefused, signer
from apps.integrity.bundle.ed25519 import signature_holds

pytestmark = pytest.mark.django_db


def make(path: Path) -> str:
    out = StringIO()
    call_command("make_evidence_key", str(path), stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_a_key_is_made_and_signs(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "2026.pem"
    public = make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["2026.pem"]
    with override_settings(EVIDENCE_KEY_FILE=str(path)):
        found = signer()
    assert found.public == public
    assert signature_holds(bytes.fromhex(public), b"head", bytes.fromhex(found.sign(b"head")))


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    make(path)
    before = path.read_bytes()
    with pytest.raises(CommandError, match="a key is never written over"):
        make(path)
    assert path.read_bytes() == before


def test_without_a_usable_key_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no key")
    rsa = tmp_path / "rsa.pem"
    other = generate_private_key(65537, 2048)
    rsa.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    cases = {
        "": "names no key to sign with; make one with: manage.py make_evidence_key FILE",
        str(tmp_path): "cannot be read: Is a directory",
        str(wrong): "holds no readable key in PEM without password",
        str(rsa): "holds another kind of key than Ed25519",
    }
    for path, why in cases.items():
        with override_settings(EVIDENCE_KEY_FILE=path), pytest.raises(KeyRefused, match=why):
            signer()


def test_with_the_embedded_servers_the_first_use_makes_one(tmp_path: Path) -> None:
    with override_settings(EVIDENCE_KEY_FILE=str(tmp_path / "secrets" / "evidence.pem")):
        assert signer().public == signer().public
