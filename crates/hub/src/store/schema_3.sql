-- Who changed what, as long as the reservation is kept. The log forgets after some days.
CREATE TABLE change (
    venue       INTEGER NOT NULL REFERENCES venue,
    reservation TEXT NOT NULL,
    version     INTEGER NOT NULL, -- that it led to
    at          INTEGER NOT NULL,
    device      BLOB,             -- NULL: the hub itself
    fields      TEXT NOT NULL,    -- a JSON array of {campo, antes, ahora}
    PRIMARY KEY (venue, reservation, version)
) STRICT, WITHOUT ROWID;
