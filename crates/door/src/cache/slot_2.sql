-- What lists are sorted by beside the hour, by a row's place: narrow, so that 100,000 of them are sorted in one look. NULL: it has none.
CREATE TABLE sort_# (
    place INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    seat TEXT,
    promoter TEXT
);
