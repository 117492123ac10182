-- To replace a row deletes it without asking the trigger against that.
CREATE TRIGGER submissions_are_not_replaced BEFORE INSERT ON submissions
WHEN EXISTS (
    SELECT 1 FROM submissions
    WHERE id = NEW.id
        OR (party = NEW.party AND year = NEW.year AND major = NEW.major AND minor = NEW.minor)
)
BEGIN
    SELECT RAISE(ABORT, 'a submission stays');
END;
