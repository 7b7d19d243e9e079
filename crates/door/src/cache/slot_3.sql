-- What a list's head adds up, by a row's place: a search for one letter finds tens of thousands, and the rows themselves are wide.
CREATE INDEX row_#_totals ON row_# (place, party, attendance, status);
