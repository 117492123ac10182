"""python3 -m countersign_verifier --trust FILE BUNDLE [--later FILE]...: the verdict on a bundle, as JSON.

python3 -m countersign_verifier --trust FILE --credentials FILE...: whether Verifiable Credentials are good, and changed ones are not.
python3 -m countersign_verifier --corpus FILE: whether this verifier agrees with the verdicts in a corpus.
Exit code 0 where the bundle is good or all verdicts agree, 1 where not, 2 where a file cannot be used.
"""

import argparse
import json
import sys
from pathlib import Path

from . import corpus, credential
from .policy import Policy
from .text import Malformed
from .verdict import judge


def main():
    parser = argparse.ArgumentParser(prog="countersign_verifier", description=__doc__.split("\n")[0])
    parser.add_argument("bundle", nargs="?", type=Path)
    parser.add_argument("--trust", type=Path, help="whom to believe: a C2SP tlog-policy")
    parser.add_argument("--later", type=Path, action="append", default=[], help="a bundle or an answer of the registry from later")
    parser.add_argument("--corpus", type=Path, help="cases with verdicts, one a line")
    parser.add_argument("--credentials", type=Path, nargs="+", help="Verifiable Credentials, by --trust")
    given = parser.parse_args()
    if given.credentials:
        return credential.main(given.trust, given.credentials)
    if given.corpus:
        return corpus.compare(given.corpus)
    if not given.bundle or not given.trust:
        parser.error("a bundle and --trust FILE are needed, or --corpus FILE")
    try:
        policy = Policy.parse(given.trust.read_bytes().decode())
        verdict = judge(policy, given.bundle.read_bytes(), [path.read_bytes() for path in given.later])
    except (OSError, UnicodeDecodeError, Malformed) as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(verdict, ensure_ascii=False, indent=2))
    return 0 if verdict["verdict"] in ("valid", "moved", "freshness_unknown") else 1


if __name__ == "__main__":
    sys.exit(main())
