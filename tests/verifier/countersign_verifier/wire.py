"""Canonical protobuf, by the description of the records itself: protocol/proto/record.proto is read, not compiled.

A message is decoded as proto3 asks, written again in the one canonical way, and refused unless both are the same bytes:
fields ascending, defaults left out, nothing unknown.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from .text import Malformed

PROTO = Path(__file__).resolve().parents[3] / "protocol/proto/record.proto"
VARINT, BYTES = 0, 2
BITS = {"uint32": 32, "uint64": 64, "sint64": 64, "bool": 1}
DEFAULTS = {"string": "", "bytes": b""}
FIELD = re.compile(r"^(repeated )?([A-Za-z0-9]+) ([a-z0-9_]+) = (\d+);$")


@dataclass(frozen=True)
class Field:
    """One field of a message; `choice` is the name of its oneof."""

    number: int
    name: str
    type: str
    repeated: bool
    choice: str | None


def read_schema(path=PROTO):
    """Message name to its fields by number."""
    schema, message, choice = {}, None, None
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.split("//")[0].strip()
        if line.startswith("message "):
            message = schema.setdefault(line.split()[1], {})
        elif line.startswith("oneof "):
            choice = line.split()[1]
        elif line == "}":
            message, choice = (message, None) if choice else (None, None)
        elif message is not None and (found := FIELD.match(line)):
            repeated, kind, name, number = found.groups()
            message[int(number)] = Field(int(number), name, kind, bool(repeated), choice)
    return schema


SCHEMA = read_schema()


def read_varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Malformed("a number that does not end")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value & (2**64 - 1), at


def write_varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def decode(kind, data, depth=0):
    """A message as a dictionary; messages that are absent are None."""
    if depth > 8:
        raise Malformed("messages within messages without end")
    fields = SCHEMA[kind]
    message = {f.name: [] if f.repeated else _default(f) for f in fields.values()}
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        found = fields.get(key >> 3)
        if found is None:
            raise Malformed(f"an unknown field of {kind}")
        value, at = _read_value(found, key & 7, data, at, depth)
        if found.repeated:
            message[found.name] += value
        else:
            message[found.name] = value[0]
    return message


def _default(field):
    if field.type in BITS:
        return None if field.choice else 0
    return None if field.choice else DEFAULTS.get(field.type)


def _read_value(field, wire, data, at, depth):
    if field.type in BITS:
        if wire == VARINT:
            value, at = read_varint(data, at)
            return [_narrow(field.type, value)], at
        if wire != BYTES or not field.repeated:
            raise Malformed("a field of another wire type")
        length, at = read_varint(data, at)
        end, values = at + length, []
        if end > len(data):
            raise Malformed("a field that does not end")
        while at < end:
            value, at = read_varint(data[:end], at)
            values.append(_narrow(field.type, value))
        return values, end
    if wire != BYTES:
        raise Malformed("a field of another wire type")
    length, at = read_varint(data, at)
    piece = data[at:at + length]
    if len(piece) != length:
        raise Malformed("a field that does not end")
    if field.type == "string":
        try:
            piece = piece.decode()
        except UnicodeDecodeError as error:
            raise Malformed("a text that is not UTF-8") from error
    elif field.type != "bytes":
        piece = decode(field.type, piece, depth + 1)
    return [piece], at + length


def _narrow(kind, value):
    if kind == "sint64":
        return (value >> 1) ^ -(value & 1)
    return value != 0 if kind == "bool" else value & (2 ** BITS[kind] - 1)


def encode(kind, message):
    """The canonical bytes of a message."""
    out = bytearray()
    for number, field in sorted(SCHEMA[kind].items()):
        value = message[field.name]
        if field.repeated and field.type in BITS:
            if value:
                packed = b"".join(write_varint(_widen(field.type, item)) for item in value)
                out += write_varint(number << 3 | BYTES) + write_varint(len(packed)) + packed
            continue
        for item in value if field.repeated else [value]:
            if item is not None and (field.repeated or field.choice or item != _default(field)):
                out += _write_value(field, item)
    return bytes(out)


def _widen(kind, value):
    if kind == "sint64":
        return (value << 1 ^ value >> 63) & (2**64 - 1)
    return int(value)


def _write_value(field, value):
    if field.type in BITS:
        return write_varint(field.number << 3 | VARINT) + write_varint(_widen(field.type, value))
    if field.type == "string":
        value = value.encode()
    elif field.type != "bytes":
        value = encode(field.type, value)
    return write_varint(field.number << 3 | BYTES) + write_varint(len(value)) + value


def read_canonical(kind, data):
    """Decodes and refuses every spelling but the canonical one."""
    message = decode(kind, data)
    if encode(kind, message) != data:
        raise Malformed("the bytes are not canonical")
    return message
