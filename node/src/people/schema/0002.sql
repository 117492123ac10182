-- What the ledger carries commitments to. Salt and content are gone once erased; the commitment stays.
CREATE TABLE sealed (
    request BLOB NOT NULL,
    part TEXT NOT NULL CHECK (part IN ('form', 'comment')),
    commitment BLOB NOT NULL,
    salt BLOB,
    content TEXT,
    subject INTEGER NOT NULL,
    step TEXT NOT NULL,
    user INTEGER NOT NULL REFERENCES users (id),
    sealed_ms INTEGER NOT NULL,
    leaf INTEGER,
    PRIMARY KEY (request, part),
    CHECK ((salt IS NULL) = (content IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX sealed_by_subject ON sealed (subject, leaf);
CREATE INDEX sealed_by_user ON sealed (user);
CREATE INDEX sealed_unsettled ON sealed (sealed_ms) WHERE leaf IS NULL;

-- Forms that are not handed in yet, one for each step of a case and organisation.
CREATE TABLE drafts (
    subject INTEGER NOT NULL,
    organisation INTEGER NOT NULL,
    step TEXT NOT NULL,
    content TEXT NOT NULL,
    version INTEGER NOT NULL,
    user INTEGER NOT NULL REFERENCES users (id),
    changed_ms INTEGER NOT NULL,
    PRIMARY KEY (subject, organisation, step)
) STRICT, WITHOUT ROWID;

-- Acts about people that a second person must approve.
CREATE TABLE proposals (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    proposer INTEGER NOT NULL REFERENCES users (id),
    proposed_ms INTEGER NOT NULL,
    decider INTEGER REFERENCES users (id),
    decided_ms INTEGER,
    approved INTEGER
) STRICT;
CREATE INDEX proposals_open ON proposals (id) WHERE decided_ms IS NULL;
