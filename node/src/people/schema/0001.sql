-- Personal data is in users, invitations, sessions and audit.address only: erasing a user clears it there.
CREATE TABLE node (salt BLOB NOT NULL) STRICT;

CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'suspended', 'erased')),
    email TEXT,
    name TEXT,
    phone TEXT,
    language TEXT,
    password TEXT,
    created_ms INTEGER NOT NULL,
    CHECK (state <> 'erased' OR (email IS NULL AND name IS NULL AND phone IS NULL AND password IS NULL))
) STRICT;
-- An invitation shows nobody that the address is known already: the first user who proves it has it.
CREATE UNIQUE INDEX users_by_email ON users (email) WHERE state IN ('active', 'suspended');
CREATE INDEX users_by_organisation ON users (organisation, id);

CREATE TABLE links (
    hash BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_user ON links (user);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    user INTEGER NOT NULL REFERENCES users (id),
    strong INTEGER NOT NULL,
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    used_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user, used_ms);

-- Signed in by password, second factor not yet shown.
CREATE TABLE steps (
    hash BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id),
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX steps_by_user ON steps (user);

CREATE TABLE throttles (
    key BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    blocked_until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX throttles_by_age ON throttles (last_ms);

CREATE TABLE totp (
    user INTEGER PRIMARY KEY REFERENCES users (id),
    secret BLOB NOT NULL,
    confirmed INTEGER NOT NULL,
    last_step INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
    user INTEGER NOT NULL REFERENCES users (id),
    hash BLOB NOT NULL,
    PRIMARY KEY (user, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL,
    user INTEGER NOT NULL REFERENCES users (id),
    label TEXT NOT NULL,
    actions TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    used_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_keys_by_user ON api_keys (user, id);

CREATE TABLE passkeys (
    credential BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id),
    label TEXT NOT NULL,
    state BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    used_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_by_user ON passkeys (user);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time_ms INTEGER NOT NULL,
    actor INTEGER,
    user INTEGER,
    event TEXT NOT NULL,
    detail TEXT,
    address TEXT
) STRICT;
CREATE INDEX audit_by_user ON audit (user, id);
CREATE INDEX audit_by_event ON audit (event, time_ms);
