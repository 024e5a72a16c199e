"""Keys, digests and ciphers of version 3 against published vectors and against pysnmp's own derivation.

RFC 3414 A.3.2 gives a password's key. RFC 3826 and RFC 7860 print no vectors of their
own; they rest on AES in CFB mode (NIST SP 800-38A) and on HMAC with SHA-1 and SHA-2
(RFC 2202, RFC 4231), whose vectors are used.
"""

from __future__ import annotations

import hashlib

import pytest
from pysnmp.proto.rfc1902 import OctetString
from pysnmp.proto.secmod.rfc3414 import localkey

from gisops.config.credentials import Credential
from gisops.errors import WireError
from gisops.wire.usm import DIGEST_SIZES, UserKeys, decrypt, digest, encrypt, localise, user_keys, verify

RFC_ENGINE = bytes.fromhex("000000000000000000000002")
# SP 800-38A F.3: the initial vector 00 01 .. 0f is boots, time and salt here.
BOOTS, TIME, SALT = 0x00010203, 0x04050607, bytes(range(8, 16))
PLAIN = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
CFB = {
    "AES-128": (
        "2b7e151628aed2a6abf7158809cf4f3c",
        (
            "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b"
            "26751f67a3cbb140b1808cf187a4f4dfc04b05357c5d1c0eeac4c66f9ff7f2e6"
        ),
    ),
    "AES-192": (
        "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
        (
            "cdc80d6fddf18cab34c25909c99a417467ce7f7f81173621961a2b70171d3d7a"
            "2e1e8a1dd59b88b1c8e60fed1efac4c9c05f9f9ca9834fa042ae8fba584b09ff"
        ),
    ),
    "AES-256": (
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        (
            "dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407b"
            "df10132415e54b92a13ed0a8267ae2f975a385741ab9cef82031623d55b1e471"
        ),
    ),
}
# RFC 2202 and RFC 4231, test case 1: twenty octets 0b, "Hi There".
HMAC = {
    "SHA-1": "b617318655057264e28bc0b6fb378c8ef146be00",
    "SHA-224": "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22",
    "SHA-256": "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    "SHA-384": "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
    "SHA-512": "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
    "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
}
# RFC 3414 section 6.3.1 (96 bits); RFC 7860 section 4 (128, 192, 256, 384 bits).
OCTETS = {"SHA-1": 12, "SHA-224": 16, "SHA-256": 24, "SHA-384": 32, "SHA-512": 48}


def keys(auth: str | None = None, auth_key: str = "", privacy: str | None = None, privacy_key: str = "") -> UserKeys:
    return UserKeys(b"u", auth, bytes.fromhex(auth_key), privacy, bytes.fromhex(privacy_key))


@pytest.mark.parametrize("name", CFB)
def test_aes_cfb_is_sp_800_38a(name: str) -> None:
    key, secret = CFB[name]
    mine = keys(privacy=name, privacy_key=key)
    assert encrypt(mine, BOOTS, TIME, SALT, PLAIN).hex() == secret
    assert decrypt(mine, BOOTS, TIME, SALT, bytes.fromhex(secret)) == PLAIN
    # The last block need not be full (RFC 3826 section 3.1.3: no padding).
    assert encrypt(mine, BOOTS, TIME, SALT, PLAIN[:21]).hex() == secret[:42]


@pytest.mark.parametrize(("boots", "time", "salt"), [(-1, 0, SALT), (0, 2**31, SALT), (0, 0, SALT[:7]), (0, 0, b"")])
def test_privacy_parameters_out_of_bounds_are_refused(boots: int, time: int, salt: bytes) -> None:
    with pytest.raises(WireError):
        decrypt(keys(privacy="AES-128", privacy_key=CFB["AES-128"][0]), boots, time, salt, PLAIN)


@pytest.mark.parametrize("name", HMAC)
def test_digests_are_rfc_2202_and_4231_truncated_as_rfc_3414_and_7860_say(name: str) -> None:
    mine = keys(name, "0b" * 20)
    assert DIGEST_SIZES[name] == OCTETS[name]
    assert digest(mine, b"Hi There").hex() == HMAC[name][: 2 * OCTETS[name]]


@pytest.mark.parametrize("name", HMAC)
def test_a_digest_of_any_other_length_is_not_verified(name: str) -> None:
    mine, blank = keys(name, "0b" * 20), bytes(OCTETS[name])
    right = digest(mine, blank + b"rest")
    assert verify(mine, right + b"rest", 0, right)
    assert not verify(mine, right + b"rest", 0, right[:-1])
    assert not verify(mine, right + b"rest", 0, b"")
    assert not verify(keys(), right + b"rest", 0, b"")


def test_password_to_key_is_rfc_3414_a_3_2() -> None:
    assert localise("SHA-1", "maplesyrup", RFC_ENGINE).hex() == "6695febc9288e36282235fc7151f128497b38f3f"


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("SHA-1", hashlib.sha1),
        ("SHA-224", hashlib.sha224),
        ("SHA-256", hashlib.sha256),
        ("SHA-384", hashlib.sha384),
        ("SHA-512", hashlib.sha512),
    ],
)
def test_localised_keys_are_those_of_pysnmp(name: str, algorithm: object) -> None:
    engine_id = bytes.fromhex("80007ed905414c4641")
    master = localkey.hash_passphrase("correct horse", algorithm)
    assert localise(name, "correct horse", engine_id) == bytes(
        localkey.localize_key(master, OctetString(engine_id), algorithm)
    )


def test_a_short_hash_is_extended_for_a_long_cipher() -> None:
    # draft-blumenthal-aes-usm-04 section 3.1.2.1: Kul' = Kul || H(Kul) || H(Kul || H(Kul)) ...
    user = Credential("x", "3", "", "u", "SHA-1", "maplesyrup", "AES-256", "maplesyrup")
    short = bytes.fromhex("6695febc9288e36282235fc7151f128497b38f3f")
    again = hashlib.new("sha1", short).digest()  # noqa: S324 - as the RFC says
    assert user_keys(user, RFC_ENGINE).privacy_key == (short + again)[:32]
