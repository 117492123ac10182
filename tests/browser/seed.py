"""Fills a new registry for the tests in a browser: what tests/api/seed.py puts in, and a retirement with a named beneficiary.

usage: seed.py URL OPERATOR_TOKEN_FILE MAIL_FOLDER
Prints what is there as JSON: the number of a project, entries of the log, a serial.
"""

import json
import pathlib
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
projects = registry.call("GET", "projects", None)["items"]
retirement = registry.call("GET", "retirements", None)["items"][0]
records = registry.call("GET", "ledger/records?limit=500", None)["items"]
issuance = next(it["index"] for it in records if "issuance" in json.dumps(it["record"])[:400].lower())
witnessed(registry, retirement["index"])
seeded = {"project": projects[0]["number"], "serial": retirement["serial"], "retirement": retirement["index"], "issuance": issuance}
# Whoever signs in in a browser.
seeded["people"] = {"password": PASSWORD, "developer": "ama@developer.example", "certifier": "cem@certifier.example", "keys": registry.keys}
print(json.dumps(seeded))
