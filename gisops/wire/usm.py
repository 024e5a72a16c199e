"""Who may speak, and how it is kept secret: the User-based Security Model's keys, digests and ciphers.

RFC 3414 (USM, SHA-1), RFC 7860 (SHA-2) and RFC 3826 (AES-128). AES-192 and
AES-256 use the key extension of draft-blumenthal-aes-usm-04, as net-snmp does.
The primitives are `hashlib`'s, `hmac`'s and `cryptography`'s.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

from gisops.config.credentials import Credential
from gisops.errors import WireError

__all__ = [
    "DIGEST_SIZES",
    "PreparedKeys",
    "UserKeys",
    "decrypt",
    "digest",
    "encrypt",
    "localise",
    "user_keys",
    "verify",
]

_HASHES = {
    "SHA-1": ("sha1", 12),
    "SHA-224": ("sha224", 16),
    "SHA-256": ("sha256", 24),
    "SHA-384": ("sha384", 32),
    "SHA-512": ("sha512", 48),
}
_HMAC_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "SHA-1": hashes.SHA1,
    "SHA-224": hashes.SHA224,
    "SHA-256": hashes.SHA256,
    "SHA-384": hashes.SHA384,
    "SHA-512": hashes.SHA512,
}
DIGEST_SIZES = {name: size for name, (_, size) in _HASHES.items()}
"""Octets of the truncated digest on the wire (RFC 3414 section 6.3.1, RFC 7860 section 4.2.1)."""
_AES_OCTETS = {"AES-128": 16, "AES-192": 24, "AES-256": 32}
_MEGABYTE = 1048576


@dataclass(frozen=True, slots=True)
class UserKeys:
    """A user's keys for one engine; they never show in ``repr``."""

    user: bytes
    auth: str | None
    auth_key: bytes = field(repr=False)
    privacy: str | None
    privacy_key: bytes = field(repr=False)


@lru_cache(maxsize=1024)
def _master_key(auth: str, password: str) -> bytes:
    """Stretch a password to a key: the hash of one megabyte of it (RFC 3414 section A.2)."""
    secret = password.encode()
    repeated = (secret * (_MEGABYTE // len(secret) + 1))[:_MEGABYTE]
    return hashlib.new(_HASHES[auth][0], repeated).digest()


def localise(auth: str, password: str, engine_id: bytes) -> bytes:
    """Give the key that a password is for one engine (RFC 3414 section 2.6)."""
    key = _master_key(auth, password)
    return hashlib.new(_HASHES[auth][0], key + engine_id + key).digest()


@lru_cache(maxsize=65536)
def user_keys(credential: Credential, engine_id: bytes) -> UserKeys:
    """Give the keys of a version 3 credential for one engine."""
    auth_key = privacy_key = b""
    if credential.auth:
        auth_key = localise(credential.auth, credential.auth_password, engine_id)
    if credential.auth and credential.privacy:
        privacy_key = localise(credential.auth, credential.privacy_password, engine_id)
        needed = _AES_OCTETS[credential.privacy]
        while len(privacy_key) < needed:
            privacy_key += hashlib.new(_HASHES[credential.auth][0], privacy_key).digest()
        privacy_key = privacy_key[:needed]
    return UserKeys(credential.user.encode(), credential.auth, auth_key, credential.privacy, privacy_key)


class PreparedKeys:
    """A user's keys made ready for many messages with one engine.

    The digest starts from a state that already holds the key. AES-CFB is opened
    with one call into plain AES: every block of the keystream is the cipher of
    the ciphertext block before it (NIST SP 800-38A section 6.3), and all of those
    are known at once. Sealing cannot be done so.
    """

    __slots__ = ("_aes", "_blocks", "_mac", "keys", "size")

    def __init__(self, keys: UserKeys) -> None:
        if keys.auth is None:
            raise WireError("keys without authentication")
        self.keys = keys
        self.size = DIGEST_SIZES[keys.auth]
        self._mac = HMAC(keys.auth_key, _HMAC_HASHES[keys.auth]())
        self._aes = algorithms.AES(keys.privacy_key) if keys.privacy else None
        # Blocks of keystream, not a message: each is used once, under a vector that never repeats.
        self._blocks = Cipher(self._aes, modes.ECB()).encryptor() if self._aes else None  # noqa: S305

    def sign(self, message: bytes) -> bytes:
        """Give the truncated digest of a message whose digest field is all zeros."""
        mac = self._mac.copy()
        mac.update(message)
        return mac.finalize()[: self.size]

    def seal(self, vector: bytes, plain: bytes) -> bytes:
        """Encrypt; ``vector`` is boots, time (4 octets each) and salt (8 octets)."""
        if self._aes is None:
            raise WireError("privacy without a key")
        return Cipher(self._aes, CFB(vector)).encryptor().update(plain)

    def open(self, vector: bytes, secret: bytes) -> bytes:
        """Decrypt; call it on verified messages only."""
        if self._blocks is None:
            raise WireError("privacy without a key")
        size = len(secret)
        stream = self._blocks.update(vector + secret[: (size - 1) // 16 * 16])
        mixed = int.from_bytes(stream[:size], "big") ^ int.from_bytes(secret, "big")
        return mixed.to_bytes(size, "big")


def digest(keys: UserKeys, message: bytes) -> bytes:
    """Give the truncated digest of a message whose digest field is all zeros."""
    if keys.auth is None:
        return b""
    name, size = _HASHES[keys.auth]
    return hmac.digest(keys.auth_key, message, name)[:size]


def verify(keys: UserKeys, message: bytes, at: int, found: bytes) -> bool:
    """Whether the digest ``found`` at offset ``at`` of a message is the right one; constant time."""
    if len(found) != DIGEST_SIZES.get(keys.auth or "", -1):
        return False
    zeroed = message[:at] + bytes(len(found)) + message[at + len(found) :]
    return hmac.compare_digest(digest(keys, zeroed), found)


def _cipher(keys: UserKeys, boots: int, time: int, salt: bytes) -> Cipher[CFB]:
    vector = boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt
    return Cipher(algorithms.AES(keys.privacy_key), CFB(vector))


def encrypt(keys: UserKeys, boots: int, time: int, salt: bytes, plain: bytes) -> bytes:
    """Encrypt a scoped PDU with AES in CFB mode (RFC 3826 section 3.1.3); ``salt`` is 8 octets."""
    cipher = _cipher(keys, boots, time, salt).encryptor()
    return cipher.update(plain) + cipher.finalize()


def decrypt(keys: UserKeys, boots: int, time: int, salt: bytes, secret: bytes) -> bytes:
    """Undo `encrypt`; call it on verified messages only."""
    if len(salt) != 8 or not 0 <= boots < 2**31 or not 0 <= time < 2**31:
        raise WireError("bad privacy parameters")
    cipher = _cipher(keys, boots, time, salt).decryptor()
    return cipher.update(secret) + cipher.finalize()
