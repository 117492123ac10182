-- How far the bridge has read, by what mapping, and whether it waits. One row.
CREATE TABLE bridge (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL DEFAULT 0,
    drawing TEXT NOT NULL DEFAULT '',
    until_ms INTEGER NOT NULL DEFAULT 0,
    why TEXT,
    faults INTEGER NOT NULL DEFAULT 0,
    barred INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO bridge (one) VALUES (1);

-- Scopes that events touched since they were drawn.
CREATE TABLE touched (scope TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- The outbox: everything that is to be at the other side, and how far that is so.
CREATE TABLE items (
    key TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    place INTEGER NOT NULL,
    grp TEXT NOT NULL,
    -- What is wanted; NULL: nothing is to be there.
    body TEXT,
    -- What was there when it was last seen; NULL: nothing.
    agreed TEXT,
    state TEXT NOT NULL CHECK (state IN ('due', 'agreed', 'stopped', 'dead', 'differs')),
    cause TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL DEFAULT 0,
    leaf INTEGER NOT NULL
) STRICT;
CREATE INDEX items_by_state ON items (state, place, grp, key);
CREATE INDEX items_by_scope ON items (scope);
CREATE INDEX items_by_group ON items (grp, state);

-- Which ids an item needs before it can be sent.
CREATE TABLE needs (key TEXT NOT NULL, need TEXT NOT NULL, PRIMARY KEY (key, need)) STRICT, WITHOUT ROWID;

-- The other side's ids of our items and of their parts; item is whose part it is.
CREATE TABLE ids (
    ours TEXT PRIMARY KEY,
    theirs TEXT NOT NULL,
    item TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ids_by_item ON ids (item);

-- The run under way, and its items.
CREATE TABLE run (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    step TEXT NOT NULL,
    began_ms INTEGER NOT NULL,
    agreed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE run_items (
    key TEXT PRIMARY KEY,
    token TEXT,
    theirs TEXT
) STRICT, WITHOUT ROWID;

-- Runs that are over.
CREATE TABLE past_runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    began_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    agreed INTEGER NOT NULL,
    generation INTEGER,
    root TEXT
) STRICT;

-- Refusals, for people.
CREATE TABLE dead_letters (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    cause TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    replayed_ms INTEGER
) STRICT;
CREATE INDEX dead_letters_by_key ON dead_letters (key);
