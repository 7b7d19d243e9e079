-- What a device said that it has made, so that what is outstanding is known before it is delivered; and the number after which its own entries begin, where
-- the same laptop had another token before.
ALTER TABLE device ADD COLUMN issued INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN base INTEGER NOT NULL DEFAULT 0;

-- Of two edits against each other: a JSON array of the fields that both changed.
ALTER TABLE conflict ADD COLUMN fields TEXT;
