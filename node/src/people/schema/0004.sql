-- What people say to each other about a case. The ledger knows nothing of it. An edit is another text of the same comment;
-- erasing the writer takes every text and leaves the place.
CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    circle TEXT NOT NULL CHECK (circle IN ('parties', 'officials')),
    about TEXT,
    user INTEGER NOT NULL REFERENCES users (id),
    organisation INTEGER NOT NULL,
    request BLOB NOT NULL UNIQUE,
    written_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_of ON comments (subject, id);
CREATE INDEX comments_by_user ON comments (user);

CREATE TABLE comment_texts (
    comment INTEGER NOT NULL REFERENCES comments (id),
    edit INTEGER NOT NULL,
    text TEXT,
    written_ms INTEGER NOT NULL,
    PRIMARY KEY (comment, edit)
) STRICT, WITHOUT ROWID;
