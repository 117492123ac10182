//! Random records of every kind, within the limits of their fields and often at their edges.

use countersign_protocol::id::{
    AccountId, AgreementId, OrganisationId, Origin, RequestId, Text, TransferId,
};
use countersign_protocol::party::{Party, RegistryId};
use countersign_protocol::period::{Day, Period};
use countersign_protocol::record::{
    Account, AccountKind, Acquire, ActedBy, Agreement, AskCancel, AttachedDocument, BlockHeader,
    Body, CaseAct, CaseMigrated, CaseOpened, Claim, Commitment, Continues, Contradiction,
    Discrepancy, Fate, Finalise, FindingKind, FindingOpened, FindingStep, FreezeEnded,
    FreezeHonoured, Genesis, Hold, HoldLifted, HoldOn, HoldPlaced, Issuance, KeyRotation,
    LedgerAccused, LedgerCleared, LetterIssued, Lock, Organisation, OrganisationKind, Partner,
    PartnerStatus, PositionDifference, PositionsCompared, ProcessAdopted, ProcessPart, Project,
    ProofReference, Purpose, Receiver, Record, Refuse, Release, Reservation, Retire, RetireKind,
    Sending, SourceSettled, Split, Transfer, TrustedReceiver, Word, YearTonnes,
};
use countersign_protocol::serial::{CooperativeApproachId, DomesticSerial, SectoralScope};
use countersign_protocol::serial::{UnitType, YEAR_MAX, YEAR_MIN};
use countersign_protocol::units::{FirstTransfer, UNIT_NUMBER_MAX, UnitBlock, UnitRange};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::article6::{any_body, unit_authorisation};

pub(crate) fn party() -> impl Strategy<Value = Party> {
    select(Party::all().collect::<Vec<_>>())
}

/// Small numbers, large ones, and the two ends.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..300_u64, any::<u64>(), Just(u64::MAX)]
}

pub(crate) fn range() -> impl Strategy<Value = UnitRange> {
    let end = || prop_oneof![1..500_u64, 1..=UNIT_NUMBER_MAX, Just(UNIT_NUMBER_MAX)];
    (party(), end(), end())
        .prop_map(|(origin, a, b)| UnitRange::new(origin, a.min(b), a.max(b)).unwrap())
}

fn ranges() -> impl Strategy<Value = Vec<UnitRange>> {
    vec(range(), 1..=64)
}

pub(crate) fn words<const MAX: usize>() -> impl Strategy<Value = Text<MAX>> {
    let longest = "x".repeat(MAX);
    prop_oneof![
        "[a-zA-Z ,.'é€林]{1,20}".prop_map(|text| within(&text, MAX).parse().unwrap()),
        Just(longest.parse().unwrap()),
    ]
}

/// As many whole characters as fit.
fn within(text: &str, bytes_max: usize) -> &str {
    let end = (0..=bytes_max.min(text.len())).rfind(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or_default()]
}

fn origin() -> impl Strategy<Value = Origin> {
    prop_oneof!["[a-z]{1,12}\\.example/ledger", "[a-z/.]{255}"]
        .prop_map(|text| text.parse().unwrap())
}

fn agreement_id() -> impl Strategy<Value = AgreementId> {
    "[A-Za-z0-9._-]{1,64}".prop_map(|text| text.parse().unwrap())
}

pub(crate) fn approach() -> impl Strategy<Value = CooperativeApproachId> {
    (1..=9999_u16).prop_map(|number| CooperativeApproachId::new(number).unwrap())
}

pub(crate) fn registry() -> impl Strategy<Value = RegistryId> {
    (party(), 1..=99_u8).prop_map(|(party, number)| RegistryId::new(party, number).unwrap())
}

fn unit_type() -> impl Strategy<Value = UnitType> {
    "[A-Z0-9.]{1,12}".prop_map(|text| text.parse().unwrap())
}

pub(crate) fn scope() -> impl Strategy<Value = SectoralScope> {
    (1..=16_u8).prop_map(|number| SectoralScope::new(number).unwrap())
}

pub(crate) fn project_number() -> impl Strategy<Value = u32> {
    1..=u32::MAX
}

fn year() -> impl Strategy<Value = u16> {
    YEAR_MIN..=YEAR_MAX
}

fn account_id() -> impl Strategy<Value = AccountId> {
    (1..=u32::MAX).prop_map(AccountId)
}

pub(crate) fn organisation_id() -> impl Strategy<Value = OrganisationId> {
    (1..=u32::MAX).prop_map(OrganisationId)
}

fn transfer_id() -> impl Strategy<Value = TransferId> {
    any::<[u8; 32]>().prop_map(TransferId)
}

fn request() -> impl Strategy<Value = RequestId> {
    any::<[u8; 16]>().prop_map(RequestId)
}

fn claim() -> impl Strategy<Value = Claim> {
    let said = (option::of(words()), option::of(party()), option::of(year()));
    said.prop_map(|(reason, jurisdiction, ndc_year)| Claim {
        reason,
        jurisdiction,
        ndc_year,
    })
}

fn commitment() -> impl Strategy<Value = Option<Commitment>> {
    option::of(any::<[u8; 32]>().prop_map(Commitment))
}

fn first_transfer() -> impl Strategy<Value = FirstTransfer> {
    (approach(), registry(), party()).prop_map(|(cooperative_approach, registry, party)| {
        FirstTransfer {
            cooperative_approach,
            registry,
            party,
        }
    })
}

fn block() -> BoxedStrategy<UnitBlock> {
    let serial = (
        range(),
        unit_type(),
        scope(),
        project_number(),
        year(),
        any::<u32>(),
    )
        .prop_map(|(range, unit_type, scope, project, year, reserved)| {
            DomesticSerial::new(range, unit_type, scope, project, year)
                .unwrap()
                .with_reserved(reserved)
        });
    (
        serial,
        number(),
        option::of(range()),
        option::of(first_transfer()),
        option::of(unit_authorisation()),
    )
        .prop_map(
            |(serial, issued_at, split_from, first_transfer, authorisation)| UnitBlock {
                serial,
                issued_at,
                split_from,
                first_transfer,
                authorisation,
            },
        )
        .boxed()
}

/// Up to 20 blocks: more of the largest do not fit into a record.
fn blocks() -> impl Strategy<Value = Vec<UnitBlock>> {
    vec(block(), 1..=20)
}

fn closed() -> impl Strategy<Value = Option<Continues>> {
    let head = (origin(), number(), any::<[u8; 32]>());
    option::of(head.prop_map(|(origin, size, root)| Continues { origin, size, root }))
}

fn proof() -> impl Strategy<Value = ProofReference> {
    (origin(), number(), number(), any::<[u8; 32]>()).prop_map(|(origin, a, b, root)| {
        let size = a.max(b).max(1);
        let index = a.min(b).min(size - 1);
        ProofReference {
            origin,
            index,
            size,
            root,
        }
    })
}

fn setup() -> BoxedStrategy<Body> {
    use OrganisationKind::{Certifier, Developer, Government, Other};
    let named = (party(), origin(), words(), registry(), words(), words());
    let genesis = (named, closed()).prop_map(
        |((party, origin, network, registry, name, log_key), continues)| {
            Body::Genesis(Genesis {
                party,
                origin,
                network,
                registry,
                name,
                log_key,
                continues,
            })
        },
    );
    let kind = select(vec![Government, Developer, Certifier, Other]);
    let scopes = btree_set(scope(), 0..4);
    let organisation = (organisation_id(), words(), kind, option::of(word()), scopes).prop_map(
        |(id, name, kind, organisation_type, scopes)| {
            Body::Organisation(Organisation {
                id,
                name,
                kind,
                organisation_type,
                scopes: scopes.into_iter().collect(),
            })
        },
    );
    let kind = select(vec![
        AccountKind::PartyHolding,
        AccountKind::EntityHolding,
        AccountKind::Buffer,
        AccountKind::ShareOfProceeds,
    ]);
    let account = (account_id(), organisation_id(), words(), kind).prop_map(
        |(id, organisation, name, kind)| {
            Body::Account(Account {
                id,
                organisation,
                name,
                kind,
            })
        },
    );
    let project = (project_number(), organisation_id(), words(), scope()).prop_map(
        |(number, organisation, title, scope)| {
            Body::Project(Project {
                number,
                organisation,
                title,
                scope,
            })
        },
    );
    let rotation = (words(), number())
        .prop_map(|(log_key, from_size)| Body::KeyRotation(KeyRotation { log_key, from_size }));
    let header = (number(), number(), commitment(), any::<[u8; 32]>()).prop_map(
        |(height, first, previous, state)| {
            Body::BlockHeader(BlockHeader {
                height,
                first,
                previous,
                state,
            })
        },
    );
    prop_oneof![genesis, organisation, account, project, rotation, header].boxed()
}

fn partners() -> BoxedStrategy<Body> {
    use PartnerStatus::{Active, Frozen, Removed};
    let status = select(vec![Active, Frozen, Removed]);
    let named = (party(), origin(), registry(), words(), words());
    let partner = (named, status, any::<[u8; 32]>(), closed()).prop_map(
        |((party, origin, registry, log_key, peer), status, invite, continues)| {
            Body::Partner(Partner {
                party,
                origin,
                registry,
                log_key,
                peer,
                status,
                invite,
                continues,
            })
        },
    );
    let terms = (
        any::<bool>(),
        any::<bool>(),
        number(),
        number(),
        number(),
        approach(),
    );
    let vintage = || proptest::option::of(1990..=2199_u16);
    let limits = (
        btree_set(unit_type(), 0..5),
        btree_set(scope(), 0..5),
        (number(), vintage(), vintage()),
    );
    let agreement = (agreement_id(), party(), terms, any::<[u8; 32]>(), limits).prop_map(
        |(id, partner, terms, document, (unit_types, scopes, more))| {
            let (outgoing, incoming, valid_from_ms, valid_to_ms, max_tonnes, cooperative_approach) =
                terms;
            Body::Agreement(Agreement {
                id,
                partner,
                outgoing,
                incoming,
                valid_from_ms,
                valid_to_ms,
                max_tonnes,
                cooperative_approach,
                document,
                unit_types: unit_types.into_iter().collect(),
                scopes: scopes.into_iter().collect(),
                max_tonnes_per_year: more.0,
                vintage_from: more.1,
                vintage_until: more.2,
                use_needs_source_final: more.1.is_some(),
            })
        },
    );
    let kind = select(Contradiction::ALL.to_vec());
    let accused = (party(), kind, any::<[u8; 32]>()).prop_map(|(party, kind, evidence)| {
        Body::LedgerAccused(LedgerAccused {
            party,
            kind,
            evidence,
        })
    });
    let cleared = (party(), 1..u64::MAX, any::<[[u8; 32]; 3]>()).prop_map(
        |(party, size, [evidence, root, decision])| {
            Body::LedgerCleared(LedgerCleared {
                party,
                evidence,
                size,
                root,
                decision,
            })
        },
    );
    prop_oneof![partner, agreement, accused, cleared, restraints()].boxed()
}

/// Ranges in ascending order, none overlapping another.
fn ranges_apart(max: usize) -> impl Strategy<Value = Vec<UnitRange>> {
    let starts = btree_set(0..1_000_u64, 1..max);
    (party(), starts).prop_map(|(origin, starts)| {
        let range = |start: u64| UnitRange::new(origin, start * 10 + 1, start * 10 + 10).unwrap();
        starts.into_iter().map(range).collect()
    })
}

fn restraints() -> impl Strategy<Value = Body> {
    let kinds = vec(select(Discrepancy::ALL.to_vec()), 40);
    let found = prop_oneof![Just(Vec::new()), ranges_apart(40)];
    let compared = (party(), 1..u64::MAX, any::<[u8; 32]>(), found, kinds).prop_map(
        |(party, size, root, ranges, kinds)| {
            let differences = ranges.into_iter().zip(kinds);
            Body::PositionsCompared(PositionsCompared {
                party,
                size,
                root,
                differences: differences
                    .map(|(range, kind)| PositionDifference { range, kind })
                    .collect(),
            })
        },
    );
    let hold = (party(), 1..u64::MAX);
    let honoured = (hold, ranges_apart(20), text_of(), 1..u64::MAX, proof()).prop_map(
        |((party, hold), ranges, [reason, authority, reference], expiry_ms, proof)| {
            Body::FreezeHonoured(Box::new(FreezeHonoured {
                party,
                hold,
                ranges,
                reason: reason.parse().unwrap(),
                authority: authority.parse().unwrap(),
                reference: reference.parse().unwrap(),
                expiry_ms,
                proof,
            }))
        },
    );
    let end = prop_oneof![
        proof().prop_map(|proof| (Some(proof), None)),
        option::of(acted_by()).prop_map(|by| (None, by)),
    ];
    let ended = ((party(), 1..u64::MAX), text_of(), end).prop_map(
        |((party, hold), [reason, ..], (proof, by))| {
            Body::FreezeEnded(Box::new(FreezeEnded {
                party,
                hold,
                reason: reason.parse().unwrap(),
                proof,
                by,
            }))
        },
    );
    prop_oneof![compared, honoured, ended]
}

/// Three texts.
fn text_of() -> impl Strategy<Value = [String; 3]> {
    ["[a-z]{1,40}", "[A-Z]{1,40}", "[0-9]{1,40}"]
}

fn word() -> impl Strategy<Value = Word> {
    "[a-z][a-z0-9-]{0,47}".prop_map(|text| text.parse().unwrap())
}

pub(crate) fn acted_by() -> impl Strategy<Value = ActedBy> {
    let scopes = btree_set(scope(), 0..4);
    (any::<u64>(), organisation_id(), word(), word(), scopes).prop_map(
        |(user, organisation, organisation_type, role, scopes)| ActedBy {
            user,
            organisation,
            organisation_type,
            role,
            scopes: scopes.into_iter().collect(),
        },
    )
}

fn process() -> BoxedStrategy<Body> {
    let part = (any::<[u8; 32]>(), any::<u32>(), "[a-zé=\n\t]{1,400}").prop_map(
        |(process, part, text)| {
            Body::ProcessPart(ProcessPart {
                process,
                part,
                text,
            })
        },
    );
    let approvals = prop_oneof![Just(Vec::new()), vec(acted_by(), 2)];
    let adopted = (any::<[u8; 32]>(), any::<u32>(), any::<u32>(), approvals).prop_map(
        |(process, version, parts, by)| {
            Body::ProcessAdopted(ProcessAdopted {
                process,
                version,
                parts,
                by,
            })
        },
    );
    let migrated = (1..u64::MAX, any::<[u8; 32]>(), vec(acted_by(), 2))
        .prop_map(|(case, process, by)| Body::CaseMigrated(CaseMigrated { case, process, by }));
    let letter = (
        1..u64::MAX,
        1..u64::MAX,
        word(),
        "[a-z]{2}",
        any::<[u8; 32]>(),
    )
        .prop_map(|(case, act, letter, language, sha256)| {
            Body::LetterIssued(LetterIssued {
                case,
                act,
                letter,
                language: language.parse().unwrap(),
                sha256,
            })
        });
    let cases = prop_oneof![case_opened(), case_act(), migrated, finding(), letter];
    prop_oneof![part, adopted, cases].boxed()
}

fn finding() -> impl Strategy<Value = Body> {
    let kind = select(vec![
        FindingKind::CorrectiveAction,
        FindingKind::Clarification,
        FindingKind::ForwardAction,
    ]);
    let which = (1..u64::MAX, 1..u32::MAX, option::of(1..u64::MAX));
    (which, kind, any::<[u8; 32]>(), acted_by(), 0..3).prop_map(
        |((case, number, within), kind, text, by, what)| {
            let text = Commitment(text);
            if what == 0 {
                return Body::FindingOpened(FindingOpened {
                    case,
                    number,
                    kind,
                    text,
                    by,
                });
            }
            let step = FindingStep {
                case,
                number,
                within,
                text,
                by,
            };
            if what == 1 {
                Body::FindingAnswered(step)
            } else {
                Body::FindingClosed(step)
            }
        },
    )
}

fn case_opened() -> impl Strategy<Value = Body> {
    let names = (word(), option::of(word()), words());
    let people = (
        (btree_set(organisation_id(), 0..4), option::of(1..u32::MAX)),
        option::of(organisation_id()),
        btree_set(scope(), 0..4),
        acted_by(),
    );
    (1..u64::MAX, option::of(1..u64::MAX), names, people).prop_map(
        |(case, parent, (flow, track, title), ((owners, part), counterparty, scopes, by))| {
            Body::CaseOpened(CaseOpened {
                case,
                flow,
                track,
                parent,
                title,
                shares: part.map_or_else(Vec::new, |part| vec![part; owners.len()]),
                owners: owners.into_iter().collect(),
                counterparty,
                scopes: scopes.into_iter().collect(),
                by,
            })
        },
    )
}

fn case_act() -> impl Strategy<Value = Body> {
    let document =
        (word(), any::<[u8; 32]>()).prop_map(|(kind, sha256)| AttachedDocument { kind, sha256 });
    let amounts = proptest::collection::btree_map(year(), 1..u64::MAX, 0..4);
    let what = (1..u64::MAX, word(), any::<bool>(), option::of(acted_by()));
    let brings = (
        commitment(),
        vec(document, 0..4),
        commitment(),
        option::of(organisation_id()),
        amounts,
    );
    let states = (option::of(reservation()), option::of(period()));
    (what, brings, states).prop_map(
        |(
            (case, step, no, by),
            (form, documents, comment, names, amounts),
            (reservation, period),
        )| {
            let amounts = amounts
                .into_iter()
                .map(|(year, tonnes)| YearTonnes { year, tonnes });
            Body::CaseAct(CaseAct {
                case,
                step,
                no,
                by,
                form,
                documents,
                comment,
                names,
                amounts: amounts.collect(),
                reservation,
                period,
            })
        },
    )
}

fn period() -> impl Strategy<Value = Period> {
    let day = |days| Day::new(days).unwrap();
    (0_u32..100_000, 0_u32..10_000)
        .prop_map(move |(first, length)| Period::new(day(first), day(first + length)).unwrap())
}

fn sending() -> impl Strategy<Value = Sending> {
    (party(), agreement_id(), account_id(), request(), number()).prop_map(
        |(destination, agreement, to, nonce, expiry_ms)| Sending {
            destination,
            agreement,
            to,
            nonce,
            expiry_ms,
        },
    )
}

fn reservation() -> impl Strategy<Value = Reservation> {
    let kind = select(vec![RetireKind::Retire, RetireKind::Cancel]);
    let fate = prop_oneof![
        account_id().prop_map(|to| Fate::Transfer { to }),
        sending().prop_map(|it| Fate::Send(Box::new(it))),
        (kind, commitment(), claim()).prop_map(|(kind, beneficiary, claim)| Fate::Retire {
            kind,
            purpose: Purpose::Voluntary,
            beneficiary,
            claim,
        }),
    ];
    (account_id(), ranges(), fate).prop_map(|(account, ranges, fate)| Reservation {
        account,
        ranges,
        fate,
    })
}

fn units() -> BoxedStrategy<Body> {
    let issuance = (account_id(), range(), unit_type(), project_number(), year()).prop_map(
        |(account, range, unit_type, project, year)| {
            Body::Issuance(Issuance {
                account,
                range,
                unit_type,
                project,
                year,
            })
        },
    );
    let split = (range(), number()).prop_map(|(range, at)| Body::Split(Split { range, at }));
    let hold = (account_id(), ranges(), any::<bool>(), words()).prop_map(
        |(account, ranges, lift, reason)| {
            Body::Hold(Hold {
                account,
                ranges,
                lift,
                reason,
            })
        },
    );
    let transfer = (account_id(), account_id(), ranges())
        .prop_map(|(from, to, ranges)| Body::Transfer(Transfer { from, to, ranges }));
    let kind = select(vec![RetireKind::Retire, RetireKind::Cancel]);
    let purpose = select(vec![
        Purpose::Ndc,
        Purpose::InternationalMitigation,
        Purpose::OtherPurposes,
        Purpose::OverallMitigation,
        Purpose::Voluntary,
    ]);
    let parts = (account_id(), ranges(), kind, purpose, commitment(), claim());
    let retire = parts.prop_map(|(account, ranges, kind, purpose, beneficiary, claim)| {
        Body::Retire(Retire {
            account,
            ranges,
            kind,
            purpose,
            beneficiary,
            claim,
        })
    });
    prop_oneof![issuance, split, hold, transfer, retire].boxed()
}

fn source() -> BoxedStrategy<Body> {
    let ids = (
        transfer_id(),
        party(),
        origin(),
        agreement_id(),
        account_id(),
        account_id(),
    );
    let lock = (ids, blocks(), request(), number()).prop_map(|(ids, blocks, nonce, expiry_ms)| {
        let (transfer, destination, destination_origin, agreement, from, to) = ids;
        Body::Lock(Lock {
            transfer,
            destination,
            destination_origin,
            agreement,
            from,
            to,
            blocks,
            nonce,
            expiry_ms,
        })
    });
    let ask = (transfer_id(), party(), words()).prop_map(|(transfer, destination, reason)| {
        Body::AskCancel(AskCancel {
            transfer,
            destination,
            reason,
        })
    });
    let finalise = (transfer_id(), proof())
        .prop_map(|(transfer, proof)| Body::Finalise(Finalise { transfer, proof }));
    let release = (transfer_id(), any::<u32>(), proof()).prop_map(|(transfer, code, proof)| {
        Body::Release(Release {
            transfer,
            code,
            proof,
        })
    });
    prop_oneof![lock, ask, finalise, release].boxed()
}

fn destination() -> BoxedStrategy<Body> {
    let ids = (transfer_id(), party(), agreement_id(), account_id());
    let acquire = (ids, blocks(), proof()).prop_map(|(ids, blocks, proof)| {
        let (transfer, source, agreement, account) = ids;
        Body::Acquire(Acquire {
            transfer,
            source,
            agreement,
            account,
            blocks,
            proof,
        })
    });
    let refuse = (transfer_id(), party(), any::<u32>(), words(), proof()).prop_map(
        |(transfer, source, code, reason, proof)| {
            Body::Refuse(Refuse {
                transfer,
                source,
                code,
                reason,
                proof,
            })
        },
    );
    let settled = (transfer_id(), party(), any::<bool>(), proof()).prop_map(
        |(transfer, source, is_final, proof)| {
            Body::SourceSettled(SourceSettled {
                transfer,
                source,
                is_final,
                proof,
            })
        },
    );
    prop_oneof![acquire, refuse, settled].boxed()
}

fn holds() -> BoxedStrategy<Body> {
    let ranges = proptest::collection::btree_set(1..1_000_000_u64, 1..6).prop_map(|firsts| {
        let apart = firsts.into_iter().map(|first| {
            let first = first * 10;
            UnitRange::new("GH".parse().unwrap(), first, first + 9).unwrap()
        });
        HoldOn::Ranges(apart.collect())
    });
    let on = prop_oneof![
        ranges,
        account_id().prop_map(HoldOn::Account),
        project_number().prop_map(HoldOn::Project),
        organisation_id().prop_map(HoldOn::Organisation),
    ];
    let why = || (words(), organisation_id(), words(), option::of(acted_by()));
    let placed = (1..u64::MAX, on, why(), option::of(1..u64::MAX)).prop_map(
        |(hold, on, (reason, authority, reference, by), expiry_ms)| {
            Body::HoldPlaced(HoldPlaced {
                hold,
                on,
                reason,
                authority,
                reference,
                expiry_ms,
                by,
            })
        },
    );
    let lifted = (1..u64::MAX, why()).prop_map(|(hold, (reason, authority, reference, by))| {
        Body::HoldLifted(HoldLifted {
            hold,
            reason,
            authority,
            reference,
            by,
        })
    });
    let receiver = prop_oneof![
        organisation_id().prop_map(Receiver::Organisation),
        (party(), account_id()).prop_map(|(party, account)| Receiver::Abroad { party, account }),
    ];
    let trusted = (
        organisation_id(),
        receiver,
        any::<bool>(),
        acted_by(),
        acted_by(),
    )
        .prop_map(|(organisation, receiver, removed, first, second)| {
            Body::TrustedReceiver(TrustedReceiver {
                organisation,
                receiver,
                removed,
                by: if removed {
                    vec![first]
                } else {
                    vec![first, second]
                },
            })
        });
    prop_oneof![placed, lifted, trusted].boxed()
}

/// Any record that the limits allow.
pub(crate) fn any_record() -> impl Strategy<Value = Record> {
    let body = prop_oneof![
        setup(),
        partners(),
        process(),
        units(),
        source(),
        destination(),
        holds(),
        any_body()
    ];
    (number(), request(), body).prop_map(|(time_ms, request, body)| Record {
        time_ms,
        request,
        body,
    })
}
