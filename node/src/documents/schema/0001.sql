-- What is known of each document; the bytes lie in files named by their SHA-256. file_name may name a person.
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    -- The id of the first version.
    series INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    replaces INTEGER UNIQUE REFERENCES documents (id),
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    bytes INTEGER NOT NULL CHECK (bytes > 0),
    media_type TEXT NOT NULL,
    file_name TEXT,
    kind TEXT NOT NULL,
    case_number INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    uploader INTEGER NOT NULL,
    visibility TEXT NOT NULL CHECK (visibility IN ('private', 'certifier', 'public')),
    uploaded_ms INTEGER NOT NULL,
    -- The leaf of the act that carries the hash.
    leaf INTEGER,
    erased_ms INTEGER,
    -- Whether the file was seen to after the erasure.
    removed INTEGER NOT NULL DEFAULT 0,
    UNIQUE (series, version),
    CHECK ((version = 1) = (replaces IS NULL)),
    CHECK ((erased_ms IS NULL) = (file_name IS NOT NULL))
) STRICT;
CREATE INDEX documents_by_hash ON documents (sha256);
CREATE INDEX documents_by_case ON documents (case_number, uploaded_ms, id);
CREATE INDEX documents_by_owner ON documents (owner, bytes) WHERE erased_ms IS NULL;
CREATE INDEX documents_unattached ON documents (uploaded_ms) WHERE leaf IS NULL AND erased_ms IS NULL;
CREATE INDEX documents_to_remove ON documents (id) WHERE erased_ms IS NOT NULL AND removed = 0;

CREATE TABLE visibility_changes (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    time_ms INTEGER NOT NULL,
    user INTEGER NOT NULL,
    visibility TEXT NOT NULL,
    reason TEXT
) STRICT;
CREATE INDEX visibility_changes_by_document ON visibility_changes (document, id);
