"""The bundle's own check of signatures: RFC 8032's vectors, and the word of `cryptography`."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from apps.integrity.bundle.ed25519 import L, signature_holds

# RFC 8032, section 7.1: public key, message, signature
VECTORS = {
    "TEST 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    "TEST 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "TEST 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    "TEST SHA(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_signatures_of_the_rfc_hold(name: str) -> None:
    public, message, signature = map(bytes.fromhex, VECTORS[name])
    assert signature_holds(public, message, signature)
    assert not signature_holds(public, message + b"!", signature)


def signed(message: bytes, key: Ed25519PrivateKey | None = None) -> tuple[bytes, bytes]:
    key = key or Ed25519PrivateKey.generate()
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), key.sign(message)


def test_what_the_library_signs_holds() -> None:
    luck = random.Random(8032)
    for length in range(40):
        message = luck.randbytes(length * 7)
        public, signature = signed(message, Ed25519PrivateKey.from_private_bytes(luck.randbytes(32)))
        assert signature_holds(public, message, signature)


def test_no_single_bit_may_change() -> None:
    message = b"result version 1"
    public, signature = signed(message, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    for n in range(8 * (64 + 32)):
        changed = bytearray(signature + public)
        changed[n // 8] ^= 1 << n % 8
        assert not signature_holds(bytes(changed[64:]), message, bytes(changed[:64])), n


def test_a_second_form_of_a_signature_is_none() -> None:
    """Adding the group's order to S would give another signature of the same message."""
    message = b"result version 1"
    public, signature = signed(message)
    s = int.from_bytes(signature[32:], "little") + L
    assert not signature_holds(public, message, signature[:32] + s.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65])
def test_what_is_no_key_or_signature_does_not_hold(length: int) -> None:
    public, signature = signed(b"")
    assert not signature_holds(public, b"", bytes(length))
    assert not signature_holds(bytes(length), b"", signature)
