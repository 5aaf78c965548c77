"""The provider's ID token: believed only when all of it holds."""

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm

logger = logging.getLogger(__name__)
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY_SECONDS = 30  # that two clocks may differ
WRONG = (  # whatever a malformed token or key makes of the libraries that read it
    jwt.PyJWTError,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
)


class NotBelieved(Exception):
    """The message is for the log and names no claim's content."""


def verified(token: str, keys: Any, *, issuer: str, client_id: str) -> dict[str, Any]:
    """The claims of an ID token.

    keys: the provider's JSON Web Key Set. Raises NotBelieved for a signature, issuer, audience or time that does
    not hold, or a claim that is there twice. The nonce is for `check_nonce`.
    Source: OpenID Connect Core 1.0, section 3.1.3.7.
    """
    try:
        key = _key(token, keys)
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[key.algorithm_name] if key.algorithm_name in SIGNATURES else [],
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
        once_each(_payload(token))
    except WRONG as problem:
        raise NotBelieved(f"The ID token does not hold: {type(problem).__name__}.") from problem
    is_shared = "azp" in claims or (isinstance(claims["aud"], list) and len(claims["aud"]) > 1)
    if is_shared and claims.get("azp") != client_id:
        raise NotBelieved("The ID token is for another client.")
    return claims


def check_nonce(claims: dict[str, Any], nonce: str) -> None:
    """Raises NotBelieved when the token was made for another sign-in than the one with this nonce."""
    if not nonce or claims.get("nonce") != nonce:
        raise NotBelieved("The ID token has not the nonce of this sign-in.")


def once_each(text: str | bytes) -> dict[str, Any]:
    """A JSON object. Raises ValueError when it is none, or names something twice."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("A name is there twice.")
        return found

    found = json.loads(text, object_pairs_hook=unique)
    if not isinstance(found, dict):
        raise ValueError("Not an object.")
    return found


def _key(token: str, keys: Any) -> jwt.PyJWK:
    header = jwt.get_unverified_header(token)
    usable = [key for key in _readable(keys["keys"]) if key.public_key_use in (None, "sig")]
    if "kid" in header:
        usable = [key for key in usable if key.key_id == header["kid"]]
    else:
        usable = [key for key in usable if key.algorithm_name == header.get("alg")]
    if len(usable) != 1:
        raise ValueError("No one key.")
    return usable[0]


def _readable(keys: Any) -> Iterator[jwt.PyJWK]:
    """Those of a provider's keys that can be read; of one that cannot, the log says so and the others still hold."""
    for key in keys:
        try:
            yield jwt.PyJWK.from_dict(key)
        except WRONG as problem:
            logger.warning("A key of the provider cannot be read: %s.", type(problem).__name__)


def _payload(token: str) -> bytes:
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
