"""Gives two countries of a running federation a process, officials and developers, and the first one units.

usage: seed_countries.py FEDERATION_JSON PROCESS_FILE
FEDERATION_JSON is what `countersign-devnet --json` prints. Prints who signs in where, as JSON.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "api"))

from seed import PASSWORD, Registry  # noqa: E402

federation, process = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2]).read_text()


def country(party):
    """The registry of a country, under the process, with its officials."""
    node = next(it for it in federation["nodes"] if it["party"] == party)
    data = pathlib.Path(node["data"])
    registry = Registry(node["api"], pathlib.Path(node["token_file"]).read_text().strip(), data / "mail")
    registry.post("processes", registry.operator, text=process)
    made = registry.post("enrolments", registry.operator, name=f"Department of Climate Change of {party}", organisation_type="government")
    registry.authority = made["made"]["id"]
    return registry


def people(registry, holding):
    return {"url": registry.url, "password": PASSWORD, "keys": registry.keys, "developer": "ama@developer.example", "account": holding}


gh, ch = country("GH"), country("CH")
filled = gh.fill()
officials = ch.officials()
developer, company = ch.registered("developer", "ama", officials[0])
account = ch.post("accounts", developer, organisation=company, name="Holding", kind="entity_holding")["made"]["id"]
secrets = {"developer": filled["developer"], "officials": filled["officials"]}
print(json.dumps({"trust": federation["trust"], "secrets": secrets, "GH": people(gh, gh.made["account"]), "CH": people(ch, account)}))
