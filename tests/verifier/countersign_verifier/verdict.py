"""The verdict on a bundle. docs/verify.md says what each means."""

import json
import re

from . import record, tree
from .policy import NotWitnessed, UnknownIssuer
from .proof import Bundle
from .text import NUMBER_MAX, Malformed

# Records of what was done once and for all. What any other says can be overtaken by a later record.
LASTING = {"retire", "refuse", "finalise", "release", "source_settled", "block_header", "genesis"}
# Records that take units from where they were, or put them somewhere.
MOVING = {"hold", "transfer", "retire", "lock", "acquire"}
LATER_TEXTS_MAX = 16
ANSWER_BYTES_MAX = 1024 * 1024


def prove(policy, data):
    """Where a bundle's leaf stands, and the leaf. What was changed is told before what is missing."""
    try:
        bundle = Bundle.parse(data.decode())
    except UnicodeDecodeError as error:
        raise Malformed("not a text in UTF-8") from error
    head, short, cosigned = bundle.checkpoint, None, []
    try:
        cosigned = policy.check(bundle.note, head.origin)
    except NotWitnessed as error:
        short = error
    leaf = tree.leaf_hash(bundle.leaf)
    if tree.root_of(leaf, bundle.index, head.size, bundle.path) != head.root:
        raise Malformed("the leaf is not in the tree of the checkpoint")
    if short:
        raise short
    place = {"origin": head.origin, "size": head.size, "root": head.root.hex(), "index": bundle.index, "leaf": leaf.hex(),
             "cosigned": cosigned}
    return place, bundle.leaf


def show(place):
    """A place as data."""
    cosigned = [{"witness": witness, "time_s": str(time_s)} for witness, time_s in place["cosigned"]]
    return {**place, "size": str(place["size"]), "index": str(place["index"]), "cosigned": cosigned}


def judge(policy, data, later=()):
    """The verdict on a bundle, in the light of other bundles and of a registry's answers, as data."""
    try:
        place, leaf = prove(policy, data)
    except UnknownIssuer:
        return {"verdict": "unknown_issuer"}
    except NotWitnessed:
        return {"verdict": "not_witnessed"}
    except Malformed as error:
        return {"verdict": "altered", "why": str(error)}
    try:
        says = record.read(leaf, place["origin"])
    except Malformed as error:
        return {"verdict": "unreadable", "why": str(error), **show(place)}
    verdict = {"verdict": "freshness_unknown", **show(place), "says": record.show(says)}
    if says["kind"] in LASTING:
        return {**verdict, "verdict": "valid"}
    proven, answered, unmoved = [], [], False
    for text in later[:LATER_TEXTS_MAX]:
        if text.lstrip(b" \t\n\f\r").startswith(b"{"):
            moved, here = answer(text, place, says)
            answered += [moved] if moved is not None else []
            unmoved = unmoved or here
        elif moved := moved_by(policy, text, place, says):
            proven.append(moved)
    if proven:
        origin, index = min(proven)
        return {**verdict, "verdict": "moved", "moved": {"origin": origin, "index": str(index)}}
    if answered:
        return {**verdict, "verdict": "moved", "moved": {"index": str(min(answered))}, "answered": True}
    return {**verdict, "verdict": "valid", "answered": True} if unmoved else verdict


def moved_by(policy, data, place, says):
    """The move that another bundle proves, as ledger and entry; None where it proves no such thing."""
    try:
        later, leaf = prove(policy, data)
        said = record.read(leaf, later["origin"])
    except (UnknownIssuer, NotWitnessed, Malformed):
        return None
    # Within one ledger the later entry has the larger index; between two, the later record has the later time.
    after = later["index"] > place["index"] if later["origin"] == place["origin"] else said["time_ms"] > says["time_ms"]
    same = said["kind"] in ("finalise", "release") and said["transfer"] == says.get("transfer")
    touches = said["kind"] in MOVING and any(overlap(a, b) for a in says.get("ranges", ()) for b in said["ranges"])
    return (later["origin"], later["index"]) if after and (same or touches) else None


def overlap(a, b):
    return a[0] == b[0] and a[1] <= b[2] and b[1] <= a[2]


def answer(data, place, says):
    """What a page of GET /api/v1/units/{name} says: the entry that moved units on, and whether all are where they were."""
    ranges = says.get("ranges")
    if not ranges or len(data) > ANSWER_BYTES_MAX:
        return None, False
    try:
        items = [(units(item["range"]), item["since"]) for item in json.loads(data)["items"]]
    except (ValueError, KeyError, TypeError, Malformed):
        return None, False
    moved = [since for it, since in items if since > place["index"] and any(overlap(it, own) for own in ranges)]
    if moved:
        return min(moved), False
    here = sorted(it for it, since in items if since == place["index"])
    return None, all(is_covered(own, here) for own in ranges)


def units(text):
    found = re.fullmatch(r"([A-Z]{2})-([1-9][0-9]*)-([1-9][0-9]*)", text, re.ASCII)
    if not found:
        raise Malformed("not a range of units")
    of, first, last = found[1], int(found[2]), int(found[3])
    record.need(first <= last <= NUMBER_MAX, "a range runs backwards or out of its numbers")
    return record.party(of), first, last


def is_covered(own, parts):
    """Whether every unit of a range is in one of the parts, which stand in ascending order."""
    following = own[1]
    for part in parts:
        if overlap(part, own):
            if part[1] > following:
                return False
            following = max(following, part[2] + 1)
    return following > own[2]
