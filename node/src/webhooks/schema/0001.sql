-- Who is told of events, and from which leaf on the next ones go out.
CREATE TABLE endpoints (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    -- Types of events as they were asked for, such as unit.issued,transfer.*; empty for all.
    types TEXT NOT NULL,
    description TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    -- The first leaf that was not dealt with.
    next_leaf INTEGER NOT NULL,
    -- Tries in a row that failed, since when, and when the next one is due.
    tries INTEGER NOT NULL DEFAULT 0,
    failing_ms INTEGER,
    next_ms INTEGER NOT NULL DEFAULT 0,
    -- When and why nothing goes there any more, until somebody resumes it.
    disabled_ms INTEGER,
    note TEXT
) STRICT;

-- What was sent: the last ones of each endpoint.
CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint INTEGER NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    message TEXT NOT NULL,
    type TEXT NOT NULL,
    leaf INTEGER,
    sent_ms INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    status INTEGER,
    fault TEXT
) STRICT;
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint, number);
