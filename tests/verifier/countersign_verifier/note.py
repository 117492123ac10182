"""C2SP signed-note, verifier keys, and C2SP tlog-cosignature with Ed25519."""

import hashlib
from dataclasses import dataclass

from . import edwards
from .text import Malformed, check_name, from_base64

NOTE_BYTES_MAX = 128 * 1024
SIGNATURE_LINES_MAX = 32
ED25519, COSIGNATURE, ML_DSA_44 = 1, 4, 6
KEY_BYTES = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}


@dataclass(frozen=True)
class Key:
    """A verifier key: `<name>+<id in hex>+<base64 of type and key>`."""

    name: str
    id: bytes
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text):
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise Malformed("a key has three parts, joined by plus signs")
        name, id_, material = parts
        check_name(name)
        if len(id_) != 8 or any(c not in "0123456789abcdef" for c in id_):
            raise Malformed("a key id has eight hexadecimal digits")
        material = from_base64(material)
        if not material or len(material) - 1 != KEY_BYTES.get(material[0]):
            raise Malformed("a key of an unknown type, or of another length than its type has")
        if hashlib.sha256(name.encode() + b"\n" + material).digest()[:4] != bytes.fromhex(id_):
            raise Malformed("the key's id is not that of its name and key")
        if material[0] != ML_DSA_44 and not edwards.is_usable_key(material[1:]):
            raise Malformed("not a point of the curve in its one spelling, or a weak one")
        return cls(name, bytes.fromhex(id_), material[0], material[1:])

    def verify(self, text, signature):
        """None where the signature is not true; otherwise its time in seconds, which is 0 for a log's."""
        if self.kind == ED25519:
            return 0 if edwards.verify(self.public, signature, text.encode()) else None
        if len(signature) != 72:
            return None
        time_s = int.from_bytes(signature[:8], "big")
        if not 0 < time_s < 2**63:
            return None
        message = f"cosignature/v1\ntime {time_s}\n{text}".encode()
        return time_s if edwards.verify(self.public, signature[8:], message) else None


@dataclass(frozen=True)
class Note:
    """A text and its signature lines as (name, id, signature). Nothing is verified."""

    text: str
    lines: tuple

    @classmethod
    def parse(cls, note):
        if len(note.encode()) > NOTE_BYTES_MAX:
            raise Malformed("the note is too long")
        if any(c < " " and c != "\n" for c in note):
            raise Malformed("a control character")
        head, blank, signatures = note.rpartition("\n\n")
        if not blank:
            raise Malformed("no blank line before the signatures")
        if not signatures.endswith("\n"):
            raise Malformed("no newline at the end")
        lines = signatures[:-1].split("\n")
        if len(lines) > SIGNATURE_LINES_MAX:
            raise Malformed("too many signature lines")
        lines = tuple(cls._line(line) for line in lines)
        return cls(head + "\n", lines)

    @staticmethod
    def _line(line):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise Malformed("not a signature line")
        check_name(parts[1])
        signature = from_base64(parts[2])
        if len(signature) < 5:
            raise Malformed("a signature without an id or without bytes")
        return parts[1], signature[:4], signature[4:]
