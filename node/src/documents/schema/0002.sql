-- Letters that the node made, before their records are written. The ledger says which of them were issued; here only the
-- newest try of each is known.
CREATE TABLE letters (
    act INTEGER NOT NULL,
    letter TEXT NOT NULL,
    language TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    bytes INTEGER NOT NULL CHECK (bytes > 0),
    case_number INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    PRIMARY KEY (act, letter, language)
) STRICT, WITHOUT ROWID;
CREATE INDEX letters_by_hash ON letters (sha256);
