"""How a node is asked: one request, its answer or its refusal, and again where that is safe."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# A busy node is asked again this often, with the same key.
TRIES = 5
# Nothing that is read into memory is larger.
ANSWER_BYTES_MAX = 256 << 20


class Problem(Exception):
    """A refusal of the node: problem details (RFC 9457)."""

    def __init__(self, status: int, body: Mapping[str, Any]):
        self.status = status
        self.body = dict(body)
        # The last word of `type`, such as `not-found` or `refused`.
        self.kind: str = str(self.body.get("type", "")).rsplit(":", 1)[-1]
        self.detail: str = str(self.body.get("detail", ""))
        # The rule of the registry that stands against it, if one does.
        self.code: str | None = self.body.get("code")
        super().__init__(f"{status} {self.kind}: {self.detail}")


class Unreachable(Exception):
    """The node does not answer. Whether a write was done is not known: repeat it with the same `key`."""

    def __init__(self, url: str, why: object, key: str | None):
        self.key = key
        super().__init__(f"{url} does not answer: {why}")


def draw_key() -> str:
    """A key for one wish: drawn once, sent with every repetition of it, so that it is done once."""
    return uuid.uuid4().hex


class Transport:
    """A node, and whoever asks it: a session, an API key, the operator's token, or nobody."""

    def __init__(self, url: str, token: str | None = None, *, timeout_s: float = 60.0):
        self.url = url.rstrip("/")
        self.token = token
        self.timeout_s = timeout_s

    @staticmethod
    def quoted(part: object) -> str:
        """A part of a path (RFC 3986 section 3.3)."""
        return urllib.parse.quote(str(part), safe="")

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        content: bytes | None = None,
        content_type: str = "application/json",
        key: str | None = None,
        is_keyed: bool = False,
        if_match: str | None = None,
    ) -> Any:
        """Asks one operation below `/api/v1`; gives its JSON, its bytes, or None where it gives nothing."""
        pairs = [(name, self.shown(value)) for name, value in (query or {}).items() if value is not None]
        url = f"{self.url}/api/v1{path}" + (f"?{urllib.parse.urlencode(pairs)}" if pairs else "")
        headers = {"Accept": "application/json, */*;q=0.5"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if is_keyed:
            key = key or draw_key()
            headers["Idempotency-Key"] = key
        if if_match:
            headers["If-Match"] = if_match
        if body is not None:
            content = json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = content_type
        # Reading twice is reading once, and so is writing twice under one key. Anything else is sent once.
        tries = TRIES if method == "GET" or is_keyed else 1
        for attempt in range(1, tries + 1):
            request = urllib.request.Request(url, data=content, headers=headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:
                    return self.read(answer)
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503) or attempt == tries:
                    raise self.refusal(error) from None
                wait_s = self.wait(error.headers.get("Retry-After"), attempt)
                error.close()
            except OSError as error:
                raise Unreachable(self.url, error, key) from error
            time.sleep(wait_s)
        raise AssertionError("the last try gives or raises")

    @staticmethod
    def wait(told: str | None, attempt: int) -> float:
        """What the node asks for, but no more than half a minute."""
        return min(float(told), 30.0) if told and told.isdigit() else 0.2 * attempt

    @staticmethod
    def shown(value: object) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    @staticmethod
    def read(answer: Any) -> Any:
        data = answer.read(ANSWER_BYTES_MAX + 1)
        if len(data) > ANSWER_BYTES_MAX:
            raise Unreachable(answer.url, "the answer is larger than any", None)
        if not data:
            return None
        media = answer.headers.get_content_type()
        return json.loads(data) if media == "application/json" else data

    @staticmethod
    def refusal(error: urllib.error.HTTPError) -> Problem:
        with error:
            data = error.read(1 << 20)
        try:
            body = json.loads(data)
        except ValueError:
            body = {}
        return Problem(error.code, body if isinstance(body, dict) else {})


def pages(ask: Callable[..., Any], *path: object, limit: int = 1000, **filters: object) -> Iterator[Any]:
    """Every item of a list, page by page: `pages(client.get_projects, scope="3")`."""
    after: object = None
    while True:
        page = ask(*path, limit=limit, **({} if after is None else {"after": after}), **filters)
        yield from page["items"]
        after = page.get("next")
        if after is None:
            return
