"""What a leaf says, as far as somebody who holds units, a letter or a certificate must know it.

Records of issuance, use and cancellation, holds, transfers and letters are understood in full and held to the limits of
docs/formats.md. Of every other record only the kind is told.
"""

import hashlib
import re

from .iso3166 import ALPHA2, ALPHA3
from .text import SPACES, Malformed, NUMBER_MAX
from .wire import encode, read_canonical, write_varint

RECORD_BYTES_MAX = 4096
RANGES_MAX = 64
LOCK_BLOCK_BYTES_MAX = 3584
TRANSFER_TONNES_MAX = 10**12
REASON_BYTES_MAX = 512
ORIGIN_BYTES_MAX = 255
WORD_BYTES_MAX = 48
LANGUAGE_BYTES_MAX = 12
PURPOSES = ["ndc", "international_mitigation", "other_purposes", "overall_mitigation", "voluntary"]


def need(condition, why):
    if not condition:
        raise Malformed(why)


def matches(pattern, value, why):
    need(re.fullmatch(pattern, value, re.ASCII), why)
    return value


def party(code):
    need(code in ALPHA2, "not a country of ISO 3166-1")
    return code


def is_refused(c):
    """Control characters, line separators, and what changes the direction of writing."""
    return c < " " or "\x7f" <= c <= "\x9f" or "\u2028" <= c <= "\u202e" or "\u2066" <= c <= "\u2069"


def words(value, bytes_max):
    need(1 <= len(value.encode()) <= bytes_max, "a text is missing or too long")
    need(not any(map(is_refused, value)), "a character that no text may hold")
    return value


def origin_of(value):
    words(value, ORIGIN_BYTES_MAX)
    need(not any(c in SPACES or c == "+" for c in value), "not the origin of a ledger")
    return value


def agreement(value):
    return matches(r"[A-Za-z0-9._-]{1,64}", value, "not an agreement id")


def approach(value):
    need(value != "CA0000", "not a cooperative approach")
    return matches(r"CA[0-9]{4}", value, "not a cooperative approach")


def numbered(value, why):
    need(value >= 1, why)
    return value


def range_of(it):
    need(it is not None, "a range is missing")
    need(1 <= it["first"] <= it["last"] <= NUMBER_MAX, "a range runs backwards or out of its numbers")
    return party(it["origin"]), it["first"], it["last"]


def ranges_of(items):
    need(1 <= len(items) <= RANGES_MAX, "no range, or more than 64")
    return [range_of(it) for it in items]


def tonnes(ranges):
    return sum(last - first + 1 for _, first, last in ranges)


def vintage(year):
    need(1990 <= year <= 2199, "not a calendar year")
    return year


def unit_type(value):
    return matches(r"[A-Z0-9.]{1,12}", value, "not a unit type")


def block_of(it):
    """The serial of a block, after its range."""
    found = range_of(it["range"])
    need(1 <= it["scope"] <= 16, "not a sectoral scope")
    numbered(it["project"], "no project")
    if it["split_from"] is not None:
        range_of(it["split_from"])
    if (first := it["first_transfer"]) is not None:
        approach(first["cooperative_approach"])
        party(first["party"])
        registry = first["registry"]
        need(registry[:3] in ALPHA3 and re.fullmatch(r"[0-9]{2}", registry[3:], re.ASCII) and registry[3:] != "00",
             "not a registry id")
    if (under := it["authorisation"]) is not None:
        matches(r"[A-Za-z0-9]([A-Za-z0-9 -]{0,30}[A-Za-z0-9])?", under["id"], "not the id of an authorisation")
        numbered(under["version"], "no version")
        approach(under["cooperative_approach"])
        need(1 <= under["uses"] <= 7 and under["definition"] <= 4, "unknown uses or definition")
    of, first, last = found
    parts = (of, unit_type(it["unit_type"]), it["scope"], f"{it['project']:03}", vintage(it["year"]), it["reserved"], first, last)
    return found, "-".join(map(str, parts))


def blocks_of(items):
    need(1 <= len(items) <= RANGES_MAX, "no block, or more than 64")
    blocks = [block_of(it) for it in items]
    return {"ranges": [found for found, _ in blocks], "serials": [serial for _, serial in blocks]}


def proof_of(it):
    need(it is not None, "a reference to a proof is missing")
    need(it["index"] < it["size"] and len(it["root"]) == 32, "a reference to no leaf")
    return {"origin": origin_of(it["origin"]), "index": str(it["index"])}


def transfer_of(body):
    need(len(body["transfer"]) == 32, "a transfer id has 32 bytes")
    return body["transfer"].hex()


def transfer_id(origin, lock, ranges):
    """docs/formats.md, Identifiers."""
    def word(value):
        return len(value.encode()).to_bytes(8, "big") + value.encode()

    def number(value):
        return value.to_bytes(8, "big")

    said = b"itmo-transfer/v1" + word(origin) + word(lock["destination_origin"]) + word(lock["agreement"])
    said += number(len(ranges))
    for of, first, last in ranges:
        said += of.encode() + number(first) + number(last)
    said += number(tonnes(ranges)) + number(lock["from"]) + number(lock["to"]) + lock["nonce"] + number(lock["expiry_ms"])
    return hashlib.sha256(said).hexdigest()


def block_bytes(block):
    """What a block takes in its record, with its tag and its length."""
    length = len(encode("UnitBlock", block))
    return 1 + len(write_varint(length)) + length


def account(number):
    return numbered(number, "account numbers begin at 1")


def issuance(body, _):
    return {"ranges": [range_of(body["range"])], "account": account(body["account"]), "unit_type": unit_type(body["unit_type"]),
            "project": numbered(body["project"], "no project"), "year": vintage(body["year"])}


def split(body, _):
    return {"ranges": [range_of(body["range"])]}


def hold(body, _):
    return {"ranges": ranges_of(body["ranges"]), "account": account(body["account"]), "lifted": body["lift"],
            "reason": words(body["reason"], REASON_BYTES_MAX)}


def transfer(body, _):
    return {"ranges": ranges_of(body["ranges"]), "account": account(body["from"]), "to_account": account(body["to"])}


def retire(body, _):
    need(body["kind"] in (1, 2) and 1 <= body["purpose"] <= 5, "an unknown kind or purpose")
    need(len(body["beneficiary"]) in (0, 32), "a commitment has 32 bytes")
    said = {"ranges": ranges_of(body["ranges"]), "account": account(body["account"]), "purpose": PURPOSES[body["purpose"] - 1],
            "cancelled": body["kind"] == 2}
    if body["reason"]:
        said["reason"] = words(body["reason"], REASON_BYTES_MAX)
    if body["jurisdiction"]:
        said["jurisdiction"] = party(body["jurisdiction"])
    if body["ndc_year"]:
        said["ndc_year"] = vintage(body["ndc_year"])
    return said


def lock(body, origin):
    need(len(body["nonce"]) == 16, "a nonce has 16 bytes")
    origin_of(body["destination_origin"])
    account(body["to"])
    said = {"transfer": transfer_of(body), "to": party(body["destination"]), "agreement": agreement(body["agreement"]),
            "account": account(body["from"]), **blocks_of(body["blocks"])}
    need(sum(map(block_bytes, body["blocks"])) <= LOCK_BLOCK_BYTES_MAX, "too many blocks for a lock")
    need(tonnes(said["ranges"]) <= TRANSFER_TONNES_MAX, "more tonnes than a transfer may hold")
    need(said["transfer"] == transfer_id(origin_of(origin), body, said["ranges"]), "the id does not follow from the terms")
    return said


def acquire(body, _):
    return {"transfer": transfer_of(body), "from": party(body["source"]), "agreement": agreement(body["agreement"]),
            "account": account(body["account"]), "proof": proof_of(body["proof"]), **blocks_of(body["blocks"])}


def refuse(body, _):
    return {"transfer": transfer_of(body), "from": party(body["source"]), "code": body["code"],
            "reason": words(body["reason"], REASON_BYTES_MAX), "proof": proof_of(body["proof"])}


def ask_cancel(body, _):
    return {"transfer": transfer_of(body), "to": party(body["destination"]), "reason": words(body["reason"], REASON_BYTES_MAX)}


def finalise(body, _):
    return {"transfer": transfer_of(body), "proof": proof_of(body["proof"])}


def release(body, _):
    return {"transfer": transfer_of(body), "code": body["code"], "proof": proof_of(body["proof"])}


def source_settled(body, _):
    return {"transfer": transfer_of(body), "from": party(body["source"]), "final": body["final"], "proof": proof_of(body["proof"])}


def block_header(body, _):
    need(len(body["previous"]) in (0, 32) and len(body["state"]) == 32, "a hash has 32 bytes")
    return {}


def letter_issued(body, _):
    need(body["case"] >= 1 and body["act"] >= 1 and len(body["sha256"]) == 32, "a letter of no act, or without a hash")
    return {"letter": words(body["letter"], WORD_BYTES_MAX), "language": words(body["language"], LANGUAGE_BYTES_MAX),
            "sha256": body["sha256"].hex()}


UNDERSTOOD = {read.__name__: read for read in (
    issuance, split, hold, transfer, retire, lock, acquire, refuse, ask_cancel, finalise, release, source_settled,
    block_header, letter_issued)}


def read(leaf, origin):
    """What a leaf of the log `origin` says: always `kind` and `time_ms`, and more where it is understood."""
    need(len(leaf) <= RECORD_BYTES_MAX, "the record is too long")
    record = read_canonical("Record", leaf)
    need(record.pop("version") == 1, "a record of another version")
    need(len(record.pop("request")) == 16, "a request id has 16 bytes")
    time_ms = record.pop("time_ms")
    bodies = [(name, body) for name, body in record.items() if body is not None]
    need(len(bodies) == 1, "a record has one body")
    (kind, body), = bodies
    said = UNDERSTOOD[kind](body, origin) if kind in UNDERSTOOD else {}
    if "ranges" in said:
        said["tonnes"] = tonnes(said["ranges"])
    return {"kind": kind, "time_ms": time_ms, **said}


def show(says):
    """The same as data: units as GH-27-35, numbers that may exceed 2^53 as texts."""
    shown = {**says, "time_ms": str(says["time_ms"])}
    if "ranges" in says:
        shown["ranges"] = ["-".join(map(str, it)) for it in says["ranges"]]
        shown["tonnes"] = str(says["tonnes"])
    return shown
