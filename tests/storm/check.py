"""Judges what a storm has left, with nothing but Python's standard library: exported ledgers and what clients were told.

usage: check.py HISTORY EXPORT...
HISTORY has one JSON object on each line: {"from", "to", "key", "transfer", "index", "tonnes"}, an acknowledged transfer each; EXPORT are
folders that `countersign ledger export` wrote, one for each country. Prints what it found as JSON; exits with 1 and says what is wrong.

It knows nothing of the program: which units are where it adds up by itself, from the records alone.
"""

import base64
import collections
import hashlib
import json
import pathlib
import struct
import sys

TILE = 256

# Records that leave every unit where it is.
STILL = {"account", "agreement", "ask_cancel", "block_header", "organisation", "partner", "positions_compared", "project", "source_settled", "split"}


def root(hashes):
    """The root of a tree over leaf hashes (RFC 6962 section 2.1)."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    level = hashes
    while len(level) > 1:
        # Two by two; a node without a neighbour goes up as it is, which gives the same root as the RFC's recursion.
        pairs = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2])]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def tile_path(tile, width):
    groups = [f"{tile % 1000:03}"]
    while tile >= 1000:
        tile //= 1000
        groups.insert(0, f"x{tile % 1000:03}")
    return "/".join(groups) + (f".p/{width}" if width < TILE else "")


def leaves(folder, size):
    """The bytes of the leaves, from the log's own tiles (C2SP tlog-tiles)."""
    for tile in range((size + TILE - 1) // TILE):
        data = (folder / "tile" / "entries" / tile_path(tile, min(TILE, size - tile * TILE))).read_bytes()
        while data:
            (length,) = struct.unpack(">H", data[:2])
            yield data[2 : 2 + length]
            data = data[2 + length :]


class Holdings:
    """Which unit numbers are in a ledger, as disjoint ranges for each country of issue."""

    def __init__(self):
        self.ranges = collections.defaultdict(list)

    def add(self, country, first, last):
        for a, b in self.ranges[country]:
            if a <= last and first <= b:
                return f"{country}-{max(a, first)}-{min(b, last)} is there already"
        self.ranges[country].append((first, last))

    def take(self, country, first, last):
        rest, taken = [], 0
        for a, b in self.ranges[country]:
            low, high = max(a, first), min(b, last)
            if low > high:
                rest.append((a, b))
                continue
            taken += high - low + 1
            rest += [it for it in ((a, low - 1), (high + 1, b)) if it[0] <= it[1]]
        if taken != last - first + 1:
            return f"{country}-{first}-{last} is not there whole"
        self.ranges[country] = rest

    def tonnes(self):
        return sum(b - a + 1 for ranges in self.ranges.values() for a, b in ranges)


def block(it):
    """Country and numbers of a block of a transfer: its serial ends in first and last."""
    parts = it["serial"].split("-")
    return parts[0], int(parts[-2]), int(parts[-1])


class Ledger:
    """One country's ledger, read from its export."""

    def __init__(self, folder, wrong):
        self.wrong = wrong
        checkpoint = (folder / "checkpoint").read_text().split("\n")
        self.origin, size, signed = checkpoint[0], int(checkpoint[1]), base64.b64decode(checkpoint[2])
        hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves(folder, size)]
        if root(hashes) != signed:
            wrong.append(f"{self.origin}: the leaves do not make the root of the checkpoint")
        self.holdings, self.issued, self.requests = Holdings(), 0, {}
        self.locks, self.ends, self.answers = {}, {}, {}
        self.party = None
        lines = (folder / "records.jsonl").read_text().splitlines()
        if len(lines) != size:
            wrong.append(f"{self.origin}: {len(lines)} records under a checkpoint of {size}")
        for index, line in enumerate(lines):
            line = json.loads(line)
            if line["index"] != index or bytes.fromhex(line["leaf_hash"]) != hashes[index]:
                wrong.append(f"{self.origin}: record {index} is not of leaf {index}")
            [(kind, body)] = line["record"]["body"].items()
            self.requests[index] = line["record"]["request"]
            if kind not in STILL:
                getattr(self, f"on_{kind}", self.unknown)(index, body)

    def say(self, index, problem):
        if problem:
            self.wrong.append(f"{self.origin}, record {index}: {problem}")

    def unknown(self, index, _):
        self.say(index, "what this record does to units is not known here")

    def on_genesis(self, _, body):
        self.party = body["party"]

    def on_issuance(self, index, body):
        country, first, last = body["range"].split("-")
        self.issued += int(last) - int(first) + 1
        self.say(index, self.holdings.add(country, int(first), int(last)))

    def on_lock(self, index, body):
        if body["transfer"] in self.locks:
            self.say(index, f"transfer {body['transfer']} is locked twice")
        self.locks[body["transfer"]] = (index, body["destination"], [block(it) for it in body["blocks"]])

    def on_acquire(self, index, body):
        self.answer(index, body, True)
        for it in body["blocks"]:
            self.say(index, self.holdings.add(*block(it)))

    def on_refuse(self, index, body):
        self.answer(index, body, False)

    def answer(self, index, body, acquired):
        key = (body["source"], body["transfer"])
        if key in self.answers:
            self.say(index, f"transfer {body['transfer']} is answered twice")
        self.answers[key] = acquired

    def on_finalise(self, index, body):
        self.end(index, body, True)
        for it in self.locks[body["transfer"]][2]:
            self.say(index, self.holdings.take(*it))

    def on_release(self, index, body):
        self.end(index, body, False)

    def end(self, index, body, final):
        if body["transfer"] in self.ends:
            self.say(index, f"transfer {body['transfer']} ends twice")
        if body["transfer"] not in self.locks:
            self.say(index, f"transfer {body['transfer']} ends and was never locked")
        self.ends[body["transfer"]] = final


def main():
    wrong = []
    history = [json.loads(line) for line in pathlib.Path(sys.argv[1]).read_text().splitlines()]
    ledgers = {}
    for folder in sys.argv[2:]:
        ledger = Ledger(pathlib.Path(folder), wrong)
        ledgers[ledger.party] = ledger

    # Every acknowledged transfer is there, under the request that asked for it and at the index that was told.
    for told in history:
        ledger = ledgers[told["from"]]
        lock = ledger.locks.get(told["transfer"])
        if lock is None:
            wrong.append(f"{told['from']}: acknowledged transfer {told['transfer']} is lost")
        elif ledger.requests[lock[0]] != told["key"].replace("-", ""):
            wrong.append(f"{told['from']}: transfer {told['transfer']} is not what was asked under {told['key']}")
    keys = collections.Counter(told["key"] for told in history)
    wrong += [f"request {key} made two transfers" for key, count in keys.items() if count > 1]

    # Every lock has its one answer and its one end, and they agree.
    final = released = 0
    for party, ledger in ledgers.items():
        for transfer, (_, destination, blocks) in ledger.locks.items():
            answer, end = ledgers[destination].answers.get((party, transfer)), ledger.ends.get(transfer)
            if answer is None or end is None:
                wrong.append(f"{party}: transfer {transfer} to {destination} is not settled: answer {answer}, end {end}")
            elif answer != end:
                wrong.append(f"{party}: transfer {transfer} has the answer {answer} and the end {end}")
            final, released = final + (end is True), released + (end is False)
        for source, transfer in ledger.answers:
            if transfer not in ledgers[source].locks:
                wrong.append(f"{party}: answers transfer {transfer} that {source} never locked")

    # Each unit is in exactly one country, and none is missing.
    everywhere = Holdings()
    for party, ledger in ledgers.items():
        for country, ranges in ledger.holdings.ranges.items():
            for first, last in ranges:
                problem = everywhere.add(country, first, last)
                if problem:
                    wrong.append(f"{party}: {problem}, in another country")
    issued = sum(ledger.issued for ledger in ledgers.values())
    if everywhere.tonnes() != issued:
        wrong.append(f"{issued} units were issued and {everywhere.tonnes()} are somewhere")

    found = {party: ledger.holdings.tonnes() for party, ledger in ledgers.items()}
    sizes = {party: len(ledger.requests) for party, ledger in ledgers.items()}
    print(json.dumps({"issued": issued, "held": found, "records": sizes, "acknowledged": len(history), "final": final, "released": released, "wrong": wrong[:50]}))
    sys.exit(1 if wrong else 0)


main()
