"""Reads a registry's event feed from the first event on, as any consumer can, with nothing but Python's standard library: rebuilds
every balance and the root of the tree, and compares both with what the node says.

usage: replay.py URL [TOKEN_FILE]
With a token the balances of single accounts are compared too. Prints what it found as JSON; exits with 1 and says what differs.
"""

import base64
import collections
import hashlib
import json
import pathlib
import struct
import sys
import urllib.request

PAGE = 1000
TILE = 256


def fetch(url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def events(url):
    """Every event, page by page, from leaf 0."""
    after = ""
    while True:
        page = json.loads(fetch(f"{url}/api/v1/events?limit={PAGE}{after}"))
        yield from page["items"]
        if not page["has_more"]:
            return
        after = f"&after={page['cursor']}"


def name(account):
    """An account of the general ledger as a text: `used`, or `available 2`."""
    if isinstance(account, str):
        return account
    [(place, of)] = account.items()
    return f"{place} {of}"


def root(hashes):
    """The root of a tree over leaf hashes (RFC 6962 section 2.1)."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    left = 1
    while left * 2 < len(hashes):
        left *= 2
    return hashlib.sha256(b"\x01" + root(hashes[:left]) + root(hashes[left:])).digest()


def entries(url, size):
    """The bytes of the leaves, from the log's own tiles (C2SP tlog-tiles): nothing of the feed is in them."""
    for tile in range((size + TILE - 1) // TILE):
        groups = [f"{tile % 1000:03}"]
        while tile >= 1000:
            tile //= 1000
            groups.insert(0, f"x{tile % 1000:03}")
        width = min(TILE, size - int("".join(it.lstrip("x") for it in groups)) * TILE)
        path = "/".join(groups) + (f".p/{width}" if width < TILE else "")
        data = fetch(f"{url}/log/tile/entries/{path}")
        while data:
            (length,) = struct.unpack(">H", data[:2])
            yield data[2 : 2 + length]
            data = data[2 + length :]


def head_of(checkpoint):
    """Size and root of a checkpoint (C2SP tlog-checkpoint)."""
    lines = checkpoint.split("\n")
    return int(lines[1]), base64.b64decode(lines[2])


def main():
    url = sys.argv[1].rstrip("/")
    token = pathlib.Path(sys.argv[2]).read_text().strip() if len(sys.argv) > 2 else None
    balances, hashes, kinds, wrong = collections.Counter(), [], collections.Counter(), []
    for place, event in enumerate(events(url)):
        data = event["data"]
        if event["id"] != str(place) or data["index"] != place:
            wrong.append(f"event {event['id']} came where leaf {place} was due")
        hashes.append(bytes.fromhex(data["leaf_hash"]))
        kinds[event["type"]] += 1
        for move in data.get("moves", []):
            balances[name(move["from"])] -= move["tonnes"]
            balances[name(move["to"])] += move["tonnes"]

    head = json.loads(fetch(f"{url}/api/v1/ledger/head"))
    if (head["size"], head["root"]) != (len(hashes), root(hashes).hex()):
        wrong.append(f"the node has {head['size']} leaves under {head['root']}, the feed {len(hashes)} under {root(hashes).hex()}")
    size, signed = head_of(fetch(f"{url}/log/checkpoint").decode())
    if root(hashes[:size]) != signed:
        wrong.append(f"the checkpoint of {size} leaves has another root than the feed")
    for place, leaf in enumerate(entries(url, size)):
        if hashlib.sha256(b"\x00" + leaf).digest() != hashes[place]:
            wrong.append(f"leaf {place} of the log is not the one whose hash the feed has")

    if sum(balances.values()) != 0:
        wrong.append(f"what moved does not add up: {sum(balances.values())}")
    status = json.loads(fetch(f"{url}/api/v1/status"))["balances"]
    for place in ("issued", "acquired", "available", "on_hold", "escrow", "transferred", "used", "cancelled"):
        prefix = {"acquired": "acquired_from", "transferred": "transferred_to"}.get(place, place)
        found = abs(sum(tonnes for account, tonnes in balances.items() if account.split(" ")[0] == prefix))
        if status[place] != found:
            wrong.append(f"{place}: the node says {status[place]}, the feed {found}")
    accounts = 0
    if token:
        for account in json.loads(fetch(f"{url}/api/v1/accounts?limit=1000", token))["items"]:
            accounts += 1
            for place in ("available", "on_hold", "escrow"):
                found = balances[f"{place} {account['id']}"]
                if account[place] != found:
                    wrong.append(f"{place} of account {account['id']}: the node says {account[place]}, the feed {found}")
    moved = {account: tonnes for account, tonnes in sorted(balances.items()) if tonnes}
    print(json.dumps({"leaves": len(hashes), "root": root(hashes).hex(), "balances": moved, "types": kinds, "accounts": accounts, "wrong": wrong}))
    sys.exit(1 if wrong else 0)


main()
