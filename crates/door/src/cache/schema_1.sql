-- What the hub said, and this device's own entries beside it. All of it can be fetched again.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
