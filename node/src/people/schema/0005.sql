-- In whose favour units are used, as entries that people choose from. The names stay in the node.
CREATE TABLE beneficiaries (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    lei TEXT,
    tax_id TEXT,
    country TEXT,
    reviewed INTEGER NOT NULL CHECK (reviewed IN (0, 1)),
    merged_into INTEGER REFERENCES beneficiaries (id),
    organisation INTEGER,
    made_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    CHECK ((tax_id IS NULL) OR (country IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX beneficiaries_by_lei ON beneficiaries (lei) WHERE lei IS NOT NULL AND merged_into IS NULL;
CREATE UNIQUE INDEX beneficiaries_by_tax_id ON beneficiaries (country, tax_id)
    WHERE tax_id IS NOT NULL AND merged_into IS NULL;

-- Every name of an entry, its own among them.
CREATE TABLE beneficiary_names (
    beneficiary INTEGER NOT NULL REFERENCES beneficiaries (id),
    name TEXT NOT NULL,
    PRIMARY KEY (beneficiary, name)
) STRICT, WITHOUT ROWID;

-- What a commitment of the ledger stands for. Salt and name lie in the file of the request.
CREATE TABLE beneficiary_claims (
    commitment BLOB PRIMARY KEY,
    request BLOB NOT NULL,
    beneficiary INTEGER REFERENCES beneficiaries (id),
    public INTEGER NOT NULL CHECK (public IN (0, 1))
) STRICT, WITHOUT ROWID;
