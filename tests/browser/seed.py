"""Fills a new registry for the tests in a browser: what tests/api/seed.py puts in, and a retirement with a named beneficiary.

usage: seed.py URL OPERATOR_TOKEN_FILE MAIL_FOLDER
Prints what is there as JSON: the number of a project, entries of the log, a serial.
"""

import json
import pathlib
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "api"))

from seed import PASSWORD, registry_of  # noqa: E402


def retire(registry, people):
    """Part of the units is used for somebody who lets everybody know it."""
    developer, account = people["developer"], registry.made["account"]
    case = registry.case(developer, flow="retirement", title="For the flights of 2025", scopes=[])
    fate = {"retire": {"kind": "retire", "purpose": "voluntary", "reason": "Flights of 2025", "beneficiary": "Summit 2026", "beneficiary_public": True}}
    form = {"purpose": "voluntary", "units": ["GH-1"], "beneficiary": "Summit 2026"}
    registry.act(developer, case, "request", form=form, reserve={"account": account, "units": {"tonnes": 120}, "fate": fate})
    registry.act(people["official"], case, "approve")


def look_after(registry, people):
    """What officials and organisations look after beside cases; on an account without units, so that nothing is held up."""
    order = {"on": {"account": 2}, "authority": 1, "reference": "HC 31/2026"}
    registry.post("standing-holds", people["official"], reason="An order of the High Court", **order)
    registry.post("standing-holds", people["official"], reason="An account in dispute", **order)
    registry.post("standing-holds/2/lift", people["official"], reason="The parties agreed", authority=1, reference="HC 40/2026")
    registry.post("trusted-receivers", people["developer"], receiver={"organisation": 1})
    registry.post("webhooks", people["operator"], url="https://receiver.example/countersign", types="unit.*", description="The ministry's inventory")


def article6(registry, people):
    """What two officials record of Article 6: an approach, its report, an NDC with levels, an entity and an authorisation."""
    first, second = people["officials"][:2]
    for path, body in [
        ("cooperative-approaches", {"id": "CA0001", "title": "Ghana and Switzerland", "parties": ["GH", "CH"], "definition": "issuance"}),
        ("initial-reports", {"approach": "CA0001", "submitted": "2026-03-01", "reference": "https://unfccc.int/documents/1"}),
        ("ndcs", {"period": {"first": 2021, "last": 2030}, "method": "averaging", "reference": {"year": 2019, "level": 610_000},
                  "target": {"year": 2030, "level": 540_000}}),
        ("levels", {"source": "Inventory 2026", "levels": [{"series": "covered", "year": 2023, "level": 600_000}]}),
        ("authorised-entities", {"approach": "CA0001", "identification": "CHE-115.635.482", "name": "A foundation", "country": "CH", "date": "2026-03-01"}),
        ("authorisations", {"id": "GH-2026-001", "approach": "CA0001", "parties": ["CH"], "date": "2026-03-01", "uses": "ndc",
                            "framework": "The framework on international carbon markets", "changes": "by agreement of both Parties",
                            "quantity": 5000, "vintages": {"first": 2021, "last": 2030}, "document": "ab" * 32}),
    ]:
        proposed = registry.post(path, first, **body)["proposal"]
        registry.post(f"proposals/{proposed}", second, approve=True)


def signed(text):
    """A key and its signature under a text."""
    program = pathlib.Path(__file__).resolve().parent / "sign.mjs"
    return json.loads(subprocess.run(["node", program], input=text.encode(), capture_output=True, check=True).stdout)


BLUEPRINT = """
format = 1
id = "solar"
version = "1.0"
title = "Diesel that a solar grid replaces"
[inputs.energy]
unit = "MWh"
take = "sum"
[constants]
diesel = "0.7"
[result]
formula = "energy * diesel"
credited = "lower"
"""


def monitoring(registry, people, project):
    """A meter, a formula, a point that the meter signed, and a batch with it."""
    registry.post("blueprints", people["officials"][0], file=BLUEPRINT)
    developer = people["developer"]
    source = registry.post(f"projects/{project}/sources", developer, name="Meter 4, north roof", key=signed("")["key"])["source"]
    point = {"source": source, "input": "energy", "value": "100.5", "unit": "MWh", "uncertainty": "0.5",
             "start": "2023-01-01T00:00:00Z", "end": "2023-02-01T00:00:00Z"}
    lines = ["countersign-data-point/v1", "GH", *map(str, point.values())]
    point["signature"] = signed("".join(f"{line}\n" for line in lines))["signature"]
    registry.post("data-points", developer, points=[point])
    sealed = {"blueprint": "solar", "version": "1.0", "from": "2023-01-01T00:00:00Z", "until": "2024-01-01T00:00:00Z"}
    return source, registry.post(f"projects/{project}/batches", developer, **sealed)["root"]


def another_process(registry, people):
    """From here on two officials adopt a process; the next one waits for the second of them."""
    first = people["officials"][0]
    with urllib.request.urlopen(f"{registry.url}/api/v1/processes/1/file", timeout=20) as answer:
        text = answer.read().decode()
    careful = text.replace("[[organisation]]", "[adoption]\ntwo_people = true\n\n[[organisation]]", 1).replace('version = "1.0"', 'version = "1.1"', 1)
    registry.post("processes", first, text=careful)
    later = careful.replace('version = "1.1"', 'version = "1.2"', 1).replace("days = 90", "days = 91", 1)
    return registry.post("processes", first, text=later)["proposal"]


def letter(registry):
    """The first letter, which the node makes in a moment."""
    for _ in range(240):
        items = registry.call("GET", "letters", None)["items"]
        if items:
            return items[0]["sha256"]
        time.sleep(0.5)
    sys.exit("no letter was made")


def witnessed(registry, index):
    """Waits until the witness has cosigned a head that covers an entry."""
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{registry.url}/api/v1/ledger/proof?index={index}", timeout=20):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit("the witness has not cosigned")


registry = registry_of(sys.argv[1:])
people = registry.fill()
retire(registry, people)
look_after(registry, people)
article6(registry, people)
projects = registry.call("GET", "projects", None)["items"]
retirement = registry.call("GET", "retirements", None)["items"][0]
records = registry.call("GET", "ledger/records?limit=500", None)["items"]
issuance = next(it["index"] for it in records if "issuance" in json.dumps(it["record"])[:400].lower())
witnessed(registry, retirement["index"])
seeded = {"project": projects[0]["number"], "serial": retirement["serial"], "retirement": retirement["index"], "issuance": issuance}
first = people["officials"][0]
seeded["letter"] = letter(registry)
seeded["report"] = registry.post("article6/submissions", first, year=2026, despite_errors=True)["sha256"]
seeded["user"] = registry.call("GET", "users", first)["items"][0]["user"]
seeded["source"], seeded["batch"] = monitoring(registry, people, seeded["project"])
seeded["proposal"] = another_process(registry, people)
# Whoever signs in in a browser.
seeded["people"] = {"password": PASSWORD, "developer": "ama@developer.example", "certifier": "cem@certifier.example", "keys": registry.keys}
print(json.dumps(seeded))
