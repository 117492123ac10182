"""C2SP tlog-policy: which logs, which witnesses, and how many of them."""

from dataclasses import dataclass, field

from .note import COSIGNATURE, ED25519, ML_DSA_44, Key
from .text import Malformed, decimal

POLICY_BYTES_MAX = 512 * 1024
ENTRIES_MAX = 256


class UnknownIssuer(Exception):
    """Nobody whom the policy names has signed."""


class NotWitnessed(Exception):
    """The log has signed, and too few of its witnesses have."""


@dataclass
class Policy:
    """A policy file, read."""

    logs: list = field(default_factory=list)
    witnesses: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    quorum: str | None = None

    @classmethod
    def parse(cls, text):
        if any(c < " " and c not in "\t\n" or c == "\x7f" for c in text):
            raise Malformed("a control character in the policy")
        if len(text.encode()) > POLICY_BYTES_MAX:
            raise Malformed("the policy is too long")
        if not text.endswith("\n"):
            raise Malformed("the last line of the policy does not end")
        policy = cls()
        for line in text.split("\n"):
            words = [word for word in line.replace("\t", " ").split(" ") if word]
            if words and not words[0].startswith("#"):
                policy._take(words)
        if policy.quorum is None:
            raise Malformed("the policy has no quorum")
        return policy

    def _take(self, words):
        if max(len(self.logs), len(self.witnesses), len(self.groups)) > ENTRIES_MAX:
            raise Malformed("too many logs, witnesses or groups")
        match words:
            case ["log", key] | ["log", key, _]:
                self._add_log(Key.parse(key))
            case ["witness", name, key] | ["witness", name, key, _]:
                self._add_witness(self._new(name), Key.parse(key))
            case ["group", name, threshold, *members] if members:
                self._add_group(self._new(name), threshold, members)
            case ["quorum", name] if self.quorum is None:
                if name != "none":
                    self._known(name)
                self.quorum = name
            case _:
                raise Malformed(f"a line of the policy cannot be read: {words[0]}")

    def _new(self, name):
        if name == "none" or name in self.witnesses or name in self.groups:
            raise Malformed("a name of the policy is taken")
        return name

    def _known(self, name):
        if name not in self.witnesses and name not in self.groups:
            raise Malformed("the policy uses a name before its line")

    def _add_log(self, key):
        if key.kind != ED25519 or any(key.public == other.public for other in self.logs):
            raise Malformed("not a log's key, or one that stands there twice")
        self.logs.append(key)

    def _add_witness(self, name, key):
        if key.kind not in (COSIGNATURE, ML_DSA_44) or any(key.public == other.public for other in self.witnesses.values()):
            raise Malformed("not a witness's key, or one that stands there twice")
        self.witnesses[name] = key

    def _add_group(self, name, threshold, members):
        used = {member for _, group in self.groups.values() for member in group}
        for member in members:
            self._known(member)
            if member in used:
                raise Malformed("a member of two groups")
            used.add(member)
        count = {"any": 1, "all": len(members)}.get(threshold)
        count = decimal(threshold) if count is None else count
        if not 1 <= count <= len(members):
            raise Malformed("a group asks for none or for more than it has")
        self.groups[name] = (count, members)

    def check(self, note, origin):
        """The witnesses that cosigned a note of this origin, as pairs of name and time in seconds."""
        keys = [key for key in self.logs if key.name == origin]
        if not keys:
            raise UnknownIssuer(origin)
        if not [line for key in keys for line in _signed(note, key)]:
            raise UnknownIssuer(origin)
        cosigned = {}
        for name, key in self.witnesses.items():
            # No signature of ML-DSA-44 is checked yet, so none counts.
            times = _signed(note, key) if key.kind == COSIGNATURE else []
            if times:
                cosigned[name] = max(times)
        if self.quorum != "none" and not self._reached(self.quorum, cosigned):
            raise NotWitnessed(origin)
        return sorted(cosigned.items())

    def _reached(self, name, cosigned):
        if name in self.witnesses:
            return name in cosigned
        count, members = self.groups[name]
        return sum(self._reached(member, cosigned) for member in members) >= count


def _signed(note, key):
    """The times of a key's signatures on a note. One that is not true spoils the note (C2SP signed-note, Signatures)."""
    times = []
    for name, id_, signature in note.lines:
        if (name, id_) == (key.name, key.id):
            time_s = key.verify(note.text, signature)
            if time_s is None:
                raise Malformed(f"the signature of {name} is not true")
            times.append(time_s)
    return times
