"""Asks a real node. `COUNTERSIGN_NODE` is JSON: its url, and the secrets of the people in it."""

import hashlib
import http.server
import json
import os
import threading
import unittest
import urllib.request
from typing import ClassVar

from countersign_client import Client, Problem, Unreachable, draw_key, pages, types

WORLD = json.loads(os.environ.get("COUNTERSIGN_NODE", "{}"))


class Asked(unittest.TestCase):
    def setUp(self) -> None:
        self.anybody = Client(WORLD["url"])
        self.developer = Client(WORLD["url"], WORLD["developer"])

    def case(self, title: str) -> types.NewOpenCase:
        return {"flow": "retirement", "title": title, "scopes": []}

    def test_what_is_public_needs_no_token(self) -> None:
        self.assertEqual(self.anybody.get_status()["party"], "GH")
        titles = [it["title"] for it in pages(self.anybody.get_projects, limit=1)]
        self.assertEqual(titles, ["Stoves on the outer islands"])
        organisations = [it["id"] for it in pages(self.anybody.get_organisations, limit=1)]
        self.assertEqual(organisations, [1, 2, 3])

    def test_a_refusal_says_what_stands_against_it(self) -> None:
        with self.assertRaises(Problem) as missing:
            self.anybody.get_projects_number(99)
        self.assertEqual((missing.exception.status, missing.exception.kind), (404, "not-found"))
        with self.assertRaises(Problem) as stranger:
            self.anybody.get_me()
        self.assertEqual(stranger.exception.kind, "not-authorised")

    def test_a_write_under_one_key_is_done_once(self) -> None:
        key = draw_key()
        first = self.developer.post_cases(self.case("Asked for in Python"), idempotency_key=key)
        again = self.developer.post_cases(self.case("Asked for in Python"), idempotency_key=key)
        self.assertEqual(first, again)
        other = self.developer.post_cases(self.case("Asked for in Python"))
        self.assertNotEqual(first, other)

    def test_a_trial_writes_nothing(self) -> None:
        trial = self.developer.try_post_cases(self.case("Only tried"))
        self.assertTrue(trial["dry_run"])
        # Not by the size of the ledger: letters of what was decided before may still come into it.
        titles = [it["title"] for it in pages(self.developer.get_cases)]
        self.assertIn("Monitoring 2023", titles)
        self.assertNotIn("Only tried", titles)

    def test_units_are_read_by_those_who_may(self) -> None:
        ranges = pages(self.developer.get_holdings, account=WORLD["account"])
        self.assertEqual(sum(it["tonnes"] for it in ranges), 500)

    def test_open_data_is_as_its_sums_say(self) -> None:
        made = Client(WORLD["url"], WORLD["operator"]).post_open_data()
        self.assertEqual(made, self.anybody.get_open_data())
        for file in made["files"]:
            with urllib.request.urlopen(WORLD["url"] + file["path"]) as answer:
                data = answer.read()
            self.assertEqual(hashlib.sha256(data).hexdigest(), file["sha256"])

    def test_bytes_come_as_they_are(self) -> None:
        self.assertIn(b"openapi", json.dumps(self.anybody.call("GET", "/openapi.json")).encode())
        self.assertIsInstance(self.anybody.call("GET", "/docs/registry"), bytes)


class Busy(http.server.BaseHTTPRequestHandler):
    """A node that is always busy."""

    keys: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        self.keys.append(self.headers.get("Idempotency-Key"))
        self.send_response(503)
        self.send_header("Retry-After", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Patience(unittest.TestCase):
    def test_a_busy_node_is_asked_again_with_the_same_key(self) -> None:
        server = http.server.HTTPServer(("127.0.0.1", 0), Busy)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        client = Client(f"http://127.0.0.1:{server.server_port}")
        with self.assertRaises(Problem) as busy:
            client.post_cases({"flow": "retirement", "title": "Busy", "scopes": []})
        self.assertEqual(busy.exception.status, 503)
        self.assertEqual(len(Busy.keys), 5)
        self.assertEqual(len(set(Busy.keys)), 1)
        server.shutdown()
        server.server_close()
        with self.assertRaises(Unreachable):
            client.get_status()


if __name__ == "__main__":
    unittest.main()
