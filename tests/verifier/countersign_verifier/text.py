"""What the text formats of C2SP share. Every field has one spelling; any other is refused."""

import base64
import binascii

NUMBER_MAX = 2**63 - 1
NAME_BYTES_MAX = 255
# The property White_Space of Unicode.
SPACES = frozenset("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200B)}


class Malformed(Exception):
    """A text that is not of its format. The message says why."""


def decimal(text):
    """A number from 0 to 2^63 - 1 without a zero in front."""
    if not text or not all("0" <= c <= "9" for c in text) or (text[0] == "0" and text != "0") or len(text) > 19:
        raise Malformed("not a decimal number")
    number = int(text)
    if number > NUMBER_MAX:
        raise Malformed("a number above 2^63 - 1")
    return number


def from_base64(text):
    """Base64 (RFC 4648 section 4) with its padding, in its one spelling."""
    try:
        decoded = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not base64") from error
    if base64.b64encode(decoded).decode() != text:
        raise Malformed("base64 in another spelling")
    return decoded


def from_hash(text):
    """A SHA-256 hash in base64."""
    decoded = from_base64(text)
    if len(decoded) != 32:
        raise Malformed("a hash has 32 bytes")
    return decoded


def check_name(name):
    """A key name of C2SP signed-note."""
    if not name or len(name.encode()) > NAME_BYTES_MAX or any(c in SPACES or c == "+" or c < " " for c in name):
        raise Malformed("not a key name")
