"""Agreement with the verdicts of another verifier, case by case."""

import json
import sys
from base64 import b64decode
from collections import Counter

from .policy import Policy
from .record import UNDERSTOOD
from .text import Malformed
from .verdict import judge

SHOWN_MAX = 10


def compare(path):
    """Judges every case of a corpus. Tells the first cases on which the verdicts differ; 0 where there is none."""
    verdicts, differing = Counter(), 0
    with path.open(encoding="utf-8") as lines:
        policies = [read_policy(text) for text in json.loads(next(lines))["policies"]]
        for number, line in enumerate(lines, 1):
            case = json.loads(line)
            ours = verdict_on(case, policies)
            verdicts[ours["verdict"]] += 1
            if not agree(ours, case["verdict"]):
                differing += 1
                if differing <= SHOWN_MAX:
                    print(f"case {number}\n  here:  {json.dumps(ours)}\n  there: {json.dumps(case['verdict'])}", file=sys.stderr)
    total = verdicts.total()
    print(f"{total} cases, {differing} differ: " + ", ".join(f"{count} {name}" for name, count in verdicts.most_common()))
    return 0 if total and not differing else 1


def read_policy(text):
    try:
        return Policy.parse(text)
    except Malformed:
        return None


def verdict_on(case, policies):
    policy = policies[case["policy"]] if isinstance(case["policy"], int) else read_policy(case["policy"])
    if policy is None:
        return {"verdict": "no policy"}
    return judge(policy, b64decode(case["bundle"]), [b64decode(it) for it in case["later"]])


def agree(ours, theirs):
    """Everything has to be the same but the words for what is wrong."""
    if "error" in theirs:
        return ours["verdict"] == "no policy"
    if ours["verdict"] == "freshness_unknown" and ours["says"]["kind"] not in UNDERSTOOD and theirs["verdict"] == "unreadable":
        # A record of a kind that is not understood here: whether its fields keep to their limits is not judged.
        return True
    return {**ours, "why": None} == {**theirs, "why": None}
