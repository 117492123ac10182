-- Running cases that somebody wants to move to a newer version of the process; a second official must approve.
CREATE TABLE migrations (
    id INTEGER PRIMARY KEY,
    subject INTEGER NOT NULL,
    process BLOB NOT NULL,
    version INTEGER NOT NULL,
    proposer INTEGER NOT NULL REFERENCES users (id),
    proposed_ms INTEGER NOT NULL,
    decider INTEGER REFERENCES users (id),
    decided_ms INTEGER,
    approved INTEGER
) STRICT;
CREATE INDEX migrations_open ON migrations (id) WHERE decided_ms IS NULL;
