-- Submissions in the agreed electronic format: what this country froze, and what others submitted. A row never changes and is
-- never taken away.
CREATE TABLE submissions (
    id INTEGER PRIMARY KEY,
    party TEXT NOT NULL,
    year INTEGER NOT NULL,
    major INTEGER NOT NULL,
    minor INTEGER NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('frozen', 'imported')),
    -- Of the content.
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    -- The submission as JSON, as the program writes it.
    content BLOB NOT NULL,
    -- Leaves of the ledger that it follows from, where it was frozen.
    ledger_size INTEGER,
    errors INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    -- Nobody: the operator.
    user INTEGER,
    kept_ms INTEGER NOT NULL,
    UNIQUE (party, year, major, minor),
    CHECK ((origin = 'frozen') = (ledger_size IS NOT NULL))
) STRICT;
CREATE INDEX submissions_by_hash ON submissions (sha256);
CREATE TRIGGER submissions_never_change BEFORE UPDATE ON submissions
BEGIN
    SELECT RAISE(ABORT, 'a submission never changes');
END;
CREATE TRIGGER submissions_stay BEFORE DELETE ON submissions
BEGIN
    SELECT RAISE(ABORT, 'a submission stays');
END;
