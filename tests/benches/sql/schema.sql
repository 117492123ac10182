-- A double-entry ledger of credits as one would build it on PostgreSQL: balances, an append-only journal with two legs
-- for each transfer, and idempotency by a unique key. The transfer is one function call: one round trip, one commit.
-- Variable: accounts.
drop schema if exists ledger cascade;
create schema ledger;

create table ledger.account (
    id      bigint primary key,
    balance bigint not null check (balance >= 0),
    version bigint not null default 0
) with (fillfactor = 70); -- room for updates in place

create table ledger.transfer (
    id       bigint generated always as identity primary key,
    request  uuid not null unique,
    giver    bigint not null references ledger.account,
    receiver bigint not null references ledger.account,
    tonnes   bigint not null check (tonnes > 0),
    at       timestamptz not null default clock_timestamp(),
    check (giver <> receiver)
);

create table ledger.leg (
    transfer bigint not null references ledger.transfer,
    account  bigint not null references ledger.account,
    delta    bigint not null check (delta <> 0),
    balance  bigint not null check (balance >= 0),
    version  bigint not null,
    primary key (account, version)
);
create index on ledger.leg (transfer);

create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the journal is append-only';
end $$;
create trigger keep_legs before update or delete on ledger.leg
    for each row execute function ledger.refuse_change();
create trigger keep_transfers before update or delete on ledger.transfer
    for each row execute function ledger.refuse_change();

create function ledger.move(wish uuid, from_account bigint, to_account bigint, amount bigint)
    returns bigint language plpgsql as $$
declare
    number bigint;
    giver_balance bigint;
    giver_version bigint;
    receiver_balance bigint;
    receiver_version bigint;
begin
    -- Both rows in one order, or two opposite transfers would wait for each other.
    perform 1 from ledger.account where id in (from_account, to_account) order by id for no key update;
    update ledger.account set balance = balance - amount, version = version + 1 where id = from_account
        returning balance, version into giver_balance, giver_version;
    update ledger.account set balance = balance + amount, version = version + 1 where id = to_account
        returning balance, version into receiver_balance, receiver_version;
    insert into ledger.transfer (request, giver, receiver, tonnes)
        values (wish, from_account, to_account, amount) returning id into number;
    insert into ledger.leg values
        (number, from_account, -amount, giver_balance, giver_version),
        (number, to_account, amount, receiver_balance, receiver_version);
    return number;
end $$;

insert into ledger.account (id, balance) select id, 1000000000 from generate_series(1, :accounts) id;
vacuum analyze ledger.account;
