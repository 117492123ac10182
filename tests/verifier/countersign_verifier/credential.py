"""Verifiable Credentials (W3C VCDM 2.0 as a JWS): whether one is signed by a ledger of the policy, and says what its evidence says.

Written from the documents alone: W3C VC Data Model 2.0, VC JOSE COSE, RFC 7515, RFC 8037, did:key, and docs/verify.md.
"""

import base64
import json

from . import edwards, record, verdict
from .text import Malformed

CONTEXT = "https://www.w3.org/ns/credentials/v2"
DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
KINDS = {"issuance": "UnitIssuance", "retire": "UnitRetirement", "authorisation": "ItmoAuthorisation"}


def part(text):
    if not text or "=" in text:
        raise Malformed("not base64url without padding")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Malformed("not base64url") from error


def public_key(did):
    """The Ed25519 key that a did:key is."""
    prefix = "did:key:z"
    if not did.startswith(prefix):
        raise Malformed("the issuer is no did:key")
    number = 0
    for digit in did[len(prefix):]:
        if digit not in DIGITS:
            raise Malformed("the issuer is no base58btc")
        number = number * 58 + DIGITS.index(digit)
    data = number.to_bytes(34, "big")
    if data[:2] != b"\xed\x01":
        raise Malformed("the issuer is no Ed25519 key")
    return data[2:]


def check(policy, text):
    """What a credential says, with the verdict on its evidence. Raises Malformed for one that cannot be believed."""
    parts = text.strip().split(".")
    if len(parts) != 3:
        raise Malformed("not three parts")
    header, payload = json.loads(part(parts[0])), json.loads(part(parts[1]))
    if header.get("alg") != "EdDSA" or header.get("typ") != "vc+jwt" or "crit" in header:
        raise Malformed("secured in another way")
    issuer = payload["issuer"]["id"]
    if header["kid"] != f"{issuer}#{issuer.removeprefix('did:key:')}":
        raise Malformed("another key than the issuer's")
    key = public_key(issuer)
    ledger = payload["issuer"]["ledger"]
    if (ledger, key) not in {(log.name, log.public) for log in policy.logs}:
        raise Malformed("the issuer is no ledger of the policy")
    if not edwards.verify(key, part(parts[2]), f"{parts[0]}.{parts[1]}".encode()):
        raise Malformed("the signature is not the issuer's")
    if payload["@context"][0] != CONTEXT or payload["type"][0] != "VerifiableCredential":
        raise Malformed("not a credential of the data model 2.0")
    bundle = payload["evidence"][0]["tlogProof"].encode()
    place, leaf = verdict.prove(policy, bundle)
    if place["origin"] != ledger:
        raise Malformed("evidence of another ledger")
    subject = payload["credentialSubject"]
    says = record.show(record.read(leaf, place["origin"]))
    if subject["entry"] != str(place["index"]) or payload["type"][1] != subject["type"] + "Credential":
        raise Malformed("it is of another entry or type than its evidence")
    agree(subject, says)
    return {"issuer": issuer, "subject": subject, "evidence": verdict.judge(policy, bundle)}


def agree(subject, says):
    """Whether the subject says what the record says, as far as this verifier reads records of the kind."""
    if KINDS.get(says["kind"], subject["type"]) != subject["type"]:
        raise Malformed("a credential of another kind of record")
    pairs = {"units": "ranges", "tonnes": "tonnes", "unitType": "unit_type", "project": "project", "vintage": "year",
             "purpose": "purpose", "reason": "reason", "jurisdiction": "jurisdiction", "ndcYear": "ndc_year"}
    for name, said in pairs.items():
        if (name in subject or said in says) and str(subject.get(name)) != str(says.get(said)):
            raise Malformed(f"{name} is {subject.get(name)!r}, and the record says {says.get(said)!r}")


def main(policy_file, files):
    """Checks files; every one must be good, and none of them with one character of its middle part changed."""
    from .policy import Policy
    policy = Policy.parse(policy_file.read_bytes().decode())
    for file in files:
        text = file.read_text()
        good = check(policy, text)
        assert good["evidence"]["verdict"] in ("valid", "freshness_unknown"), good
        first, middle, last = text.strip().split(".")
        refused = 0
        for at in range(0, len(middle), 61):
            other = middle[:at] + ("B" if middle[at] == "A" else "A") + middle[at + 1:]
            try:
                check(policy, f"{first}.{other}.{last}")
            except (Malformed, ValueError, KeyError):
                refused += 1
        assert refused == len(range(0, len(middle), 61)), file
        print(f"{file.name}: {good['subject']['type']} of entry {good['subject']['entry']}, {refused} changes refused")
