\set giver random(1, :accounts)
\set receiver random(1, :accounts - 1)
\set receiver CASE WHEN :receiver >= :giver THEN :receiver + 1 ELSE :receiver END
\set tonnes random(1, 100)
select ledger.move(gen_random_uuid(), :giver, :receiver, :tonnes);
