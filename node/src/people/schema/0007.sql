-- A beneficiary who is a person can be forgotten: the number stays taken, with nothing behind it.
ALTER TABLE beneficiaries ADD COLUMN erased_ms INTEGER;
