-- What was measured on each day, kept over restarts: a JSON list of the last measurements, in ms.
CREATE TABLE sample (
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (day, name)
) WITHOUT ROWID;
