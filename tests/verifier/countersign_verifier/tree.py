"""The Merkle tree of RFC 6962."""

import hashlib

from .text import Malformed


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaf, index, size, path):
    """The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2)."""
    if index >= size:
        raise Malformed("the index lies beyond the tree")
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Malformed("the proof is too long")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise Malformed("the proof is too short")
    return root
