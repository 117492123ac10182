-- The fields in which an item differs that differs, as JSON: a page shows them one by one.
ALTER TABLE items ADD COLUMN differences TEXT;
