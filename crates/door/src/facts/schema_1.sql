-- What happened at this door. Rows of `entry` and `write` are never changed; `item` says how far each is on its way.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE entry (
    -- The device's number for it, without a gap; the row with the highest one holds the chain's end.
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    reservation TEXT NOT NULL,
    -- As it is delivered, byte for byte.
    json TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX entry_of_reservation ON entry (reservation);

CREATE TABLE write (
    id TEXT PRIMARY KEY,
    reservation TEXT NOT NULL,
    -- create, update or delete, with its body.
    json TEXT NOT NULL,
    -- Unix ms.
    at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE item (
    -- The order in which things happened here.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    -- entry or write.
    kind TEXT NOT NULL,
    reservation TEXT NOT NULL,
    -- pending, confirmed, held or quarantined.
    state TEXT NOT NULL,
    -- Unix ms of its making.
    made INTEGER NOT NULL,
    -- Unix ms of the hub's last answer.
    answered INTEGER,
    outcome TEXT,
    code TEXT,
    reason TEXT,
    -- The reservation's version that a confirmed write led to.
    version INTEGER
);
CREATE INDEX item_waiting ON item (number) WHERE state = 'pending';
CREATE INDEX item_apart ON item (state) WHERE state IN ('held', 'quarantined');

-- The four figures of each day, kept over restarts.
CREATE TABLE figure (
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (day, name)
) WITHOUT ROWID;
