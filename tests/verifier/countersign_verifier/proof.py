"""C2SP tlog-proof and tlog-checkpoint."""

from dataclasses import dataclass

from .note import Note
from .text import NAME_BYTES_MAX, Malformed, decimal, from_base64, from_hash

BUNDLE_BYTES_MAX = 256 * 1024
LEAF_BYTES_MAX = 2**16 - 1
PATH_MAX = 63
EXTENSION_LINES_MAX = 16


@dataclass(frozen=True)
class Checkpoint:
    """Head of a log."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text):
        if not text.endswith("\n"):
            raise Malformed("no newline at the end of the checkpoint")
        lines = text[:-1].split("\n")
        if len(lines) < 3 or not all(lines):
            raise Malformed("a checkpoint has three lines and no empty one")
        if len(lines) > 3 + EXTENSION_LINES_MAX:
            raise Malformed("the checkpoint has too many extension lines")
        if len(lines[0].encode()) > NAME_BYTES_MAX:
            raise Malformed("the origin is too long")
        return cls(lines[0], decimal(lines[1]), from_hash(lines[2]))


@dataclass(frozen=True)
class Bundle:
    """A proof bundle: a leaf, where it stands, and the head that it stands under."""

    leaf: bytes
    index: int
    path: tuple
    note: Note
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, text):
        if len(text.encode()) > BUNDLE_BYTES_MAX:
            raise Malformed("the bundle is too long")
        head, blank, note = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != "c2sp.org/tlog-proof@v1":
            raise Malformed("not a C2SP tlog-proof of version 1")
        if not lines or not lines[0].startswith("extra "):
            raise Malformed("the leaf is missing: a bundle carries it in its line of extra data")
        leaf = from_base64(lines.pop(0)[len("extra "):])
        if len(leaf) > LEAF_BYTES_MAX:
            raise Malformed("the leaf is too long")
        if not lines or not lines[0].startswith("index "):
            raise Malformed("the index is missing")
        index = decimal(lines.pop(0)[len("index "):])
        if len(lines) > PATH_MAX:
            raise Malformed("the proof is too long")
        path = tuple(from_hash(line) for line in lines)
        note = Note.parse(note)
        return cls(leaf, index, path, note, Checkpoint.parse(note.text))
