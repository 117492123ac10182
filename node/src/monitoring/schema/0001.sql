-- Instruments and data systems whose points are taken.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The project's national number.
    project INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- Ed25519, base64.
    key TEXT NOT NULL,
    added_ms INTEGER NOT NULL,
    -- No point of it is taken any more.
    revoked_ms INTEGER
) STRICT;
CREATE INDEX sources_by_project ON sources (project, id);

-- How tonnes follow from points. What an id and a version say never changes.
CREATE TABLE blueprints (
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    file TEXT NOT NULL,
    hash BLOB NOT NULL,
    added_ms INTEGER NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;

-- Points under one root, with the tonnes that followed from them.
CREATE TABLE batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    root BLOB NOT NULL UNIQUE,
    project INTEGER NOT NULL,
    blueprint TEXT NOT NULL,
    version TEXT NOT NULL,
    points INTEGER NOT NULL,
    -- The figures of each year, JSON.
    figures TEXT NOT NULL,
    sealed_ms INTEGER NOT NULL,
    -- The case whose report it was handed in with.
    used_by INTEGER
) STRICT;
CREATE INDEX batches_by_project ON batches (project, id);

CREATE TABLE points (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL REFERENCES sources (id),
    input TEXT NOT NULL,
    value TEXT NOT NULL,
    unit TEXT NOT NULL,
    uncertainty TEXT NOT NULL,
    -- UTC, RFC 3339: they sort as moments do.
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    signature TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    -- A point is in one batch.
    batch INTEGER REFERENCES batches (id),
    UNIQUE (source, input, first)
) STRICT;
CREATE INDEX points_by_batch ON points (batch, source, input, first);

-- Projects that a national MRV called in, by their id there.
CREATE TABLE programmes (
    external_id TEXT PRIMARY KEY,
    -- What was said of it, merged, JSON.
    content TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;
