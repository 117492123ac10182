"""Brings a new registry to life through its own API: a ministry, a developer, a certifier, a project, units.

usage: seed.py URL OPERATOR_TOKEN_FILE MAIL_FOLDER
Prints the secrets of the people in it as JSON, for requests in their names.
"""

import base64
import hmac
import json
import pathlib
import re
import struct
import sys
import time
import urllib.error
import urllib.request
import uuid

PASSWORD = "a long and unusual sentence of mine"


def totp(key):
    """The code of this half minute (RFC 6238, six digits, SHA-1)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(key + "=" * (-len(key) % 8)), counter, "sha1").digest()
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place:place + 4], 'big') & 0x7fffffff) % 1000000:06}"


class Registry:
    def __init__(self, url, operator, mail):
        self.url, self.operator, self.mail = url, operator, mail
        self.keys = {}
        # The organisation that keeps the registry.
        self.authority = 1

    def call(self, method, path, secret, body=None, data=None, content=None):
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        if content:
            headers["Content-Type"] = content
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path} {body}: {error.code} {error.read().decode()}")
        return json.loads(text) if text else None

    def post(self, path, secret, **body):
        return self.call("POST", path, secret, body)

    def join(self, code, email):
        self.post("invitations/accept", None, token=code, password=PASSWORD)
        return self.post("sign-in", None, email=email, password=PASSWORD)["token"]

    def invited(self, name, organisation, role):
        email = f"{name}@gov.example"
        sent = self.post("invitations", self.operator, email=email, name=name, language="en", organisation=organisation, role=role)
        secret = self.join(sent["token"], email)
        self.keys[email] = self.second_factor(secret)
        return secret

    def second_factor(self, secret):
        """An authenticator, without which an official does nothing; the session counts as a strong one from here on.
        Gives its key."""
        key = self.post("me/authenticator", secret)["secret"]
        self.post("me/authenticator/confirm", secret, code=totp(key))
        return key

    def code_for(self, email):
        for _ in range(50):
            for letter in self.mail.iterdir():
                text = letter.read_text()
                if email in text:
                    return re.search(r"csl_[0-9a-f]{64}", text).group(0)
            time.sleep(0.1)
        sys.exit(f"no mail to {email}")

    def document(self, secret, case, kind):
        path = f"cases/{case}/documents?kind={kind}&file_name={kind}.txt"
        kept = self.call("POST", path, secret, data=f"the {kind} of case {case}\n".encode(), content="text/plain")
        return {"kind": kind, "sha256": kept["sha256"]}

    def case(self, secret, **new):
        return self.post("cases", secret, **new)["made"]["case"]

    def act(self, secret, case, step, **more):
        return self.post(f"cases/{case}/acts", secret, step=step, **more)

    def registered(self, kind, name, official):
        email = f"{name}@{kind}.example"
        made = self.post("registrations", None, organisation=f"{name} {kind}", organisation_type=kind, email=email, name=name, language="en")
        secret = self.join(self.code_for(email), email)
        case = self.case(secret, flow="organisation", title=f"{name} {kind}")
        paper = self.document(secret, case, "registration-certificate")
        form = {"name": f"{name} {kind}", "tax_id": "TIN-1", "email": email, "address": "1 Harbour Road"}
        self.act(secret, case, "register", form=form, documents=[paper])
        self.act(official, case, "approve")
        return secret, made["organisation"]

    def officials(self):
        return [self.invited(name, self.authority, "administrator") for name in ("efua", "kofi", "yaa")]

    def fill(self):
        officials = self.officials()
        developer, company = self.registered("developer", "ama", officials[0])
        certifier, auditor = self.registered("certifier", "cem", officials[0])
        account = self.post("accounts", developer, organisation=company, name="Holding", kind="entity_holding")["made"]["id"]
        self.post("accounts", developer, organisation=company, name="Reserve", kind="entity_holding")
        project = self.case(developer, flow="project", title="Stoves on the outer islands", scopes=["3"])
        paper = self.document(developer, project, "design-document")
        outline = {"type": "Polygon", "coordinates": [[[0.45, 5.8], [0.75, 5.75], [0.8, 5.95], [0.5, 6.05], [0.45, 5.8]]]}
        places = [{"place": "Tanna", "region": "Tafea", "geometry": outline}]
        form = {"title": "Stoves on the outer islands", "sectoral_scope": 3, "locations": places, "start": "2023-01-01",
                "estimate_per_year": 500, "description": "Efficient stoves for 4,000 households on four islands.", "certifier": auditor}
        self.act(developer, project, "submit", form=form, documents=[paper])
        paper = self.document(certifier, project, "validation-report")
        form = {"opinion": "The design follows the methodology in all parts.", "methodologies": [{"code": "AMS-II.G", "version": "12.0"}],
                "crediting_period": {"start": "2023-01-01", "end": "2032-12-31"}}
        self.act(certifier, project, "validate", form=form, documents=[paper])
        self.act(officials[0], project, "recommend", comment="Complete and sound.")
        for official in officials[1:]:
            self.act(official, project, "authorise")
        period = self.case(developer, flow="monitoring", parent=project, title="Monitoring 2023")
        paper = self.document(developer, period, "monitoring-report")
        amounts = [{"vintage": 2023, "tonnes": 500}]
        form = {"period": {"start": "2023-01-01", "end": "2023-12-31"}, "reductions": amounts}
        self.act(developer, period, "submit", form=form, documents=[paper])
        paper = self.document(certifier, period, "verification-report")
        form = {"opinion": "The reported reductions are right.", "verified": amounts}
        self.act(certifier, period, "verify", form=form, documents=[paper])
        self.act(officials[0], period, "issue")
        issued = self.act(officials[1], period, "issue", issue={"accounts": [account], "unit_type": "ITMO"})
        self.made = {"project_case": project, "account": account, "issued": issued}
        return {"operator": self.operator, "official": officials[0], "officials": officials, "developer": developer, "certifier": certifier}


def registry_of(arguments):
    url, operator, mail = arguments
    return Registry(url, pathlib.Path(operator).read_text().strip(), pathlib.Path(mail))


if __name__ == "__main__":
    print(json.dumps(registry_of(sys.argv[1:]).fill()))
