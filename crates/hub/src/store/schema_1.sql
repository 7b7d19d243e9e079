-- Ids that devices make are 16-byte blobs, instants Unix milliseconds, dates YYYY-MM-DD, times HH:MM. Every row names its venue.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE venue (
    venue                 INTEGER PRIMARY KEY,
    id                    BLOB NOT NULL UNIQUE,
    name                  TEXT NOT NULL,
    time_zone             TEXT NOT NULL,
    cutoff                TEXT NOT NULL,
    excess                TEXT NOT NULL,
    unsigned_codes        INTEGER NOT NULL,
    capacity              INTEGER,
    edits_without_version INTEGER NOT NULL,
    closes_days           INTEGER NOT NULL,
    epoch                 TEXT NOT NULL,
    head                  INTEGER NOT NULL, -- the log's last position
    first                 INTEGER NOT NULL  -- the oldest position that is kept; head + 1 where none is
) STRICT;

CREATE TABLE signing_key (
    venue     INTEGER NOT NULL REFERENCES venue,
    key_id    TEXT NOT NULL,
    public    TEXT NOT NULL,
    secret    BLOB,             -- the hub's own alone
    device    BLOB,
    starts    INTEGER NOT NULL,
    ends      INTEGER,
    PRIMARY KEY (venue, key_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    venue      INTEGER NOT NULL REFERENCES venue,
    id         BLOB NOT NULL,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    created    INTEGER NOT NULL,
    expires    INTEGER,
    revoked    INTEGER,
    seen       INTEGER,
    allotment  INTEGER,                    -- how many people it may let in as walk-ins in one night
    sequence   INTEGER NOT NULL DEFAULT 0, -- the highest entry number that it delivered
    last_hash  BLOB,                       -- the hash of that entry
    PRIMARY KEY (venue, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    venue   INTEGER NOT NULL REFERENCES venue,
    hash    BLOB NOT NULL,
    device  BLOB NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (venue, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation (
    venue   INTEGER NOT NULL REFERENCES venue,
    hash    BLOB NOT NULL,
    name    TEXT NOT NULL,
    role    TEXT NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER,
    PRIMARY KEY (venue, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE reservation (
    venue         INTEGER NOT NULL REFERENCES venue,
    id            TEXT NOT NULL,
    ticket_id     BLOB NOT NULL,
    version       INTEGER NOT NULL,
    client_id     TEXT,
    client_name   TEXT NOT NULL,
    client_phone  TEXT,
    client_email  TEXT,
    party         INTEGER NOT NULL,
    date          TEXT NOT NULL,
    time          TEXT NOT NULL,
    day           TEXT NOT NULL,    -- the venue's day
    status        TEXT NOT NULL,
    before_entry  TEXT,             -- the state that an entry replaced; it returns when undo brings the count to 0
    attendance    INTEGER NOT NULL, -- the sum of the entries, kept in the same transaction as each of them
    origin        TEXT NOT NULL,
    issue         INTEGER NOT NULL,
    issued        INTEGER NOT NULL,
    "table"       TEXT,
    occasion      TEXT,
    benefits      TEXT,
    promoter_id   TEXT,
    promoter_name TEXT,
    details       TEXT NOT NULL,    -- a JSON array of strings
    token_hash    TEXT,
    created       INTEGER NOT NULL,
    modified      INTEGER NOT NULL,
    creator       BLOB,             -- the device that created it
    draft_hash    BLOB NOT NULL,    -- tells the same create sent again from another one with its id
    search        TEXT NOT NULL,    -- every field that a person looks for, folded
    deleted       INTEGER,
    PRIMARY KEY (venue, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX reservation_day ON reservation (venue, day, date, time);
CREATE INDEX reservation_ticket ON reservation (venue, ticket_id);
CREATE INDEX reservation_deleted ON reservation (venue, deleted) WHERE deleted IS NOT NULL;

-- For each field the last version that changed it: an old If-Match fails only where it names one of these.
CREATE TABLE edited (
    venue       INTEGER NOT NULL REFERENCES venue,
    reservation TEXT NOT NULL,
    field       TEXT NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (venue, reservation, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
    arrival      INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they came
    venue        INTEGER NOT NULL REFERENCES venue,
    id           BLOB NOT NULL,
    reservation  TEXT NOT NULL,     -- as the device wrote it
    joined       TEXT,              -- the reservation that it counts for; NULL while nobody knows one
    quantity     INTEGER NOT NULL,
    method       TEXT NOT NULL,
    door         TEXT,
    user         TEXT,
    timestamp    INTEGER NOT NULL,
    offset_ms    INTEGER NOT NULL,
    offset_error INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    previous     BLOB NOT NULL,
    verdict      TEXT NOT NULL,
    issue        INTEGER,
    code         TEXT,
    voids        BLOB,
    voided       INTEGER NOT NULL,  -- 1 where an undo has come
    ticket_id    BLOB,              -- the ticket's own id, from its code, where the reservation is not known
    device       BLOB NOT NULL,
    received     INTEGER NOT NULL,
    hash         BLOB NOT NULL,     -- of the canonical form
    outcome      TEXT NOT NULL,     -- what was answered the first time
    day          TEXT NOT NULL      -- the venue's day of its corrected time
) STRICT;

CREATE UNIQUE INDEX entry_id ON entry (venue, id);
CREATE INDEX entry_reservation ON entry (venue, joined, arrival);
CREATE INDEX entry_orphan ON entry (venue, reservation) WHERE joined IS NULL;
CREATE INDEX entry_voids ON entry (venue, voids) WHERE voids IS NOT NULL;
CREATE INDEX entry_sequence ON entry (venue, device, sequence);

-- Entries of revoked devices: they count nothing until a manager decides.
CREATE TABLE held (
    venue       INTEGER NOT NULL REFERENCES venue,
    id          BLOB NOT NULL,
    device      BLOB NOT NULL,
    reservation TEXT NOT NULL,
    body        TEXT NOT NULL,
    hash        BLOB NOT NULL,
    received    INTEGER NOT NULL,
    PRIMARY KEY (venue, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX held_device ON held (venue, device);

CREATE TABLE conflict (
    venue       INTEGER NOT NULL REFERENCES venue,
    id          BLOB NOT NULL,
    kind        TEXT NOT NULL,
    reservation TEXT NOT NULL,
    entries     TEXT NOT NULL,      -- a JSON array of entry ids, in order of arrival
    state       TEXT NOT NULL,
    outcome     TEXT,
    note        TEXT,
    opened      INTEGER NOT NULL,
    resolved    INTEGER,
    resolved_by TEXT,
    PRIMARY KEY (venue, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX conflict_reservation ON conflict (venue, reservation);
CREATE INDEX conflict_state ON conflict (venue, state, opened);

-- The log. Data is as managers get it; a role that may see less gets less of it, and never fewer positions.
CREATE TABLE log (
    venue INTEGER NOT NULL REFERENCES venue,
    pos   INTEGER NOT NULL,
    event TEXT NOT NULL,
    data  TEXT NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (venue, pos)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    venue   INTEGER NOT NULL REFERENCES venue,
    key     BLOB NOT NULL,
    device  BLOB NOT NULL,
    request BLOB NOT NULL,
    status  INTEGER NOT NULL,
    body    TEXT NOT NULL,
    version INTEGER,
    at      INTEGER NOT NULL,
    PRIMARY KEY (venue, device, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_at ON idempotency (at);
