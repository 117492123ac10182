-- Another process waits for a second person too. Its content is the hash of the process that it follows, and the file.
ALTER TABLE proposals RENAME TO earlier_proposals;
DROP INDEX proposals_open;
CREATE TABLE proposals (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL
        CHECK (kind IN ('role', 'invitation', 'trusted-receiver', 'key-rotation', 'article6', 'process')),
    organisation INTEGER,
    user INTEGER REFERENCES users (id),
    content TEXT NOT NULL,
    -- Nobody: the operator.
    proposer INTEGER REFERENCES users (id),
    proposed_ms INTEGER NOT NULL,
    decider INTEGER REFERENCES users (id),
    decided_ms INTEGER,
    approved INTEGER,
    CHECK ((kind IN ('role', 'invitation')) = (user IS NOT NULL)),
    CHECK ((kind = 'trusted-receiver') = (organisation IS NOT NULL))
) STRICT;
INSERT INTO proposals
    SELECT id, kind, organisation, user, content, proposer, proposed_ms, decider, decided_ms, approved
    FROM earlier_proposals;
DROP TABLE earlier_proposals;
CREATE INDEX proposals_open ON proposals (id) WHERE decided_ms IS NULL;
