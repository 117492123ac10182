"""Puts the parts of the offline page into one file: python3 assemble.py VERIFIER.wasm.gz > page.html."""

import base64
import hashlib
import json
import sys
from pathlib import Path

here = Path(__file__).resolve().parent


def part(name):
    return (here / name).read_text(encoding="utf-8").strip()


def allowed(text):
    """What a content security policy says of a text that may run or style the page."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


style, script = part("style.css"), part("page.js")
texts = json.dumps(json.loads(part("texts.json")), ensure_ascii=False, separators=(",", ":"))
assert "</" not in script + style + texts, "the parts must not end the element that they stand in"
policy = "; ".join([
    "default-src 'none'",
    f"script-src {allowed(script)} 'wasm-unsafe-eval'",
    f"style-src {allowed(style)}",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
])
wasm = base64.b64encode(Path(sys.argv[1]).read_bytes()).decode()
page = part("index.html")
for name, value in {"policy": policy, "style": style, "texts": texts, "script": script, "wasm": wasm}.items():
    before, after = page.split("{{" + name + "}}")
    page = before + value + after
print(page)
