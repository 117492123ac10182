-- Challenges to authenticators (W3C Web Authentication) that wait for their answer. The first answer takes one out, right or
-- wrong.
CREATE TABLE ceremonies (
    hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('registration', 'second-factor', 'sign-in')),
    user INTEGER REFERENCES users (id),
    step BLOB,
    address BLOB NOT NULL,
    state BLOB NOT NULL,
    expires_ms INTEGER NOT NULL,
    CHECK ((purpose = 'sign-in') = (user IS NULL)),
    CHECK ((purpose = 'second-factor') = (step IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX ceremonies_by_user ON ceremonies (user);
CREATE INDEX ceremonies_by_address ON ceremonies (address, expires_ms);
CREATE INDEX ceremonies_by_age ON ceremonies (expires_ms);

-- Acts that a second person must approve, roles and others.
ALTER TABLE proposals RENAME TO role_proposals;
DROP INDEX proposals_open;
CREATE TABLE proposals (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('role', 'invitation', 'trusted-receiver', 'key-rotation')),
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
    SELECT id, 'role', NULL, user, role, proposer, proposed_ms, decider, decided_ms, approved FROM role_proposals;
DROP TABLE role_proposals;
CREATE INDEX proposals_open ON proposals (id) WHERE decided_ms IS NULL;
