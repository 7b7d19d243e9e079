-- One of two slots: a snapshot loads into the one that nobody reads, and then they change places.
CREATE TABLE row_# (
    -- Venue day, minute of it, and a number: the order in which lists show them. Negative: deleted here, and the hub does not know yet.
    place INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- The 16 bytes by which a ticket names it.
    ticket BLOB NOT NULL,
    -- The hub's row; NULL: made here, and the hub does not know it yet.
    hub TEXT,
    hub_version INTEGER NOT NULL,
    -- The state that the hub's last event gave it.
    hub_status TEXT,
    -- The row with the edits made here on top; NULL: there are none.
    view TEXT,
    status TEXT NOT NULL,
    party INTEGER NOT NULL,
    -- The sum over its entries.
    attendance INTEGER NOT NULL
);
CREATE INDEX row_#_ticket ON row_# (ticket);
CREATE INDEX row_#_counts ON row_# (status, party, attendance);

CREATE TABLE entry_# (
    id TEXT NOT NULL UNIQUE,
    reservation TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    -- The entry that it undoes.
    voids TEXT,
    -- Whether an undo of it is known.
    voided INTEGER NOT NULL,
    -- When it happened, by the hub's clock, in Unix ms.
    at INTEGER NOT NULL,
    -- Whether the hub has it; 0: only this device.
    hub INTEGER NOT NULL,
    json TEXT NOT NULL
);
CREATE INDEX entry_#_reservation ON entry_# (reservation);
CREATE INDEX entry_#_voids ON entry_# (voids) WHERE voids IS NOT NULL;

CREATE TABLE tomb_# (
    id TEXT PRIMARY KEY,
    ticket BLOB NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tomb_#_ticket ON tomb_# (ticket);

CREATE TABLE conflict_# (
    id TEXT PRIMARY KEY,
    reservation TEXT NOT NULL,
    state TEXT NOT NULL,
    opened INTEGER NOT NULL,
    json TEXT NOT NULL
) WITHOUT ROWID;

-- The words of each row, by its place.
CREATE VIRTUAL TABLE find_# USING fts5(
    words, content = '', contentless_delete = 1, detail = 'none', prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);
