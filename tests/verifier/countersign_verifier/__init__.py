"""A second verifier of Countersign's proof bundles, written from docs/formats.md and the C2SP documents alone.

It shares no code with the registry. Python's standard library and the package `cryptography` are all it needs.
"""
