-- Mail that is to go out. recipient and body are personal, and a body may hold a one-time code: a row goes when its mail is
-- out, and what cannot be sent any more loses its body.
CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    user INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    -- A one-time code goes before news.
    urgent INTEGER NOT NULL,
    queued_ms INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    good_until_ms INTEGER NOT NULL,
    fault TEXT,
    dead_ms INTEGER
) STRICT;
CREATE INDEX mails_due ON mails (urgent DESC, next_ms, id) WHERE dead_ms IS NULL;
CREATE INDEX mails_dead ON mails (dead_ms, id) WHERE dead_ms IS NOT NULL;
CREATE INDEX mails_by_user ON mails (user);

-- What users were told, so that nobody is told twice.
CREATE TABLE told (
    case_number INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    user INTEGER NOT NULL,
    told_ms INTEGER NOT NULL,
    PRIMARY KEY (case_number, since_ms, kind, user)
) STRICT, WITHOUT ROWID;

-- Who wants no news by mail.
CREATE TABLE muted (user INTEGER PRIMARY KEY) STRICT;

-- Leaves of the ledger of which everybody was told.
CREATE TABLE news (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL) STRICT;
