//! Samples and random records of Article 6.

use countersign_protocol::article6::{
    AdjustmentMethod, AuthorisedUse, FirstTransferDefinition, NdcPeriod,
};
use countersign_protocol::id::{AuthorisationId, OrganisationId};
use countersign_protocol::period::Day;
use countersign_protocol::record::{
    ActedBy, Article6, Authorisation, AuthorisationRevoked, AuthorisedEntity, Body, Clause,
    CooperativeApproach, EmissionsLevel, Identification, InitialReport, LevelSeries, Metric, Ndc,
    NotifiedUse, UnitsAuthorised, UseNotified, YearLevel,
};
use countersign_protocol::serial::{YEAR_MAX, YEAR_MIN};
use countersign_protocol::units::UnitAuthorisation;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::any_record::{
    acted_by, approach, organisation_id, party, project_number, range, registry, scope, words,
};
use crate::samples::text;

fn two_officials() -> Vec<ActedBy> {
    let one = |user| ActedBy {
        user,
        organisation: OrganisationId(2),
        organisation_type: text("government"),
        role: text("administrator"),
        scopes: Vec::new(),
    };
    vec![one(5), one(6)]
}

pub(crate) fn authorisation() -> Authorisation {
    Authorisation {
        id: text("GH-CH-2026-01"),
        party: text("GH"),
        version: 1,
        approach: text("CA0007"),
        parties: vec![text("CH")],
        entities: vec![text("CHE-123.456.788")],
        date: text("2026-01-15"),
        issue_until: Some(text("2031-12-31")),
        use_until: Some(text("2032-12-31")),
        definition: Some(FirstTransferDefinition::UseOrCancellation),
        uses: AuthorisedUse::NdcAndImp,
        oimp: Some(text("CORSIA")),
        framework: text("Ghana Carbon Market Framework 2022"),
        changes: text("By a new version, published on the register before it is in force"),
        reach: None,
        reaches_first_transferred: false,
        quantity: 1_000_000,
        registry: text("GHA01"),
        underlying: None,
        vintages: NdcPeriod::new(2021, 2030).unwrap(),
        metric: Metric::Ghg,
        gases: Some(text("CH4 28")),
        scopes: vec![text::<countersign_protocol::serial::SectoralScope>("3")],
        activities: Some(text("Energy Efficiency households")),
        projects: vec![7],
        terms: None,
        document: [0x61; 32],
        by: two_officials(),
    }
}

pub(crate) fn samples() -> Vec<(&'static str, Body)> {
    let approach = CooperativeApproach {
        id: text("CA0007"),
        title: text("Ghana and Switzerland"),
        parties: vec![text("CH"), text("GH")],
        definition: Some(FirstTransferDefinition::UseOrCancellation),
        metric: Metric::Ghg,
        by: two_officials(),
    };
    let of_energy = CooperativeApproach {
        id: text("CA0008"),
        definition: None,
        metric: Metric::NonGhg {
            unit: text("kWh"),
            per_tonne: 1_500,
        },
        by: Vec::new(),
        ..approach.clone()
    };
    let level = |year, level| YearLevel { year, level };
    let records = [
        (
            "cooperative_approach",
            Article6::CooperativeApproach(approach),
        ),
        (
            "cooperative_approach_non_ghg",
            Article6::CooperativeApproach(of_energy),
        ),
        (
            "initial_report",
            Article6::InitialReport(InitialReport {
                approach: text("CA0007"),
                submitted: text("2025-11-30"),
                reference: text("https://unfccc.int/documents/1"),
                by: two_officials(),
            }),
        ),
        (
            "ndc",
            Article6::Ndc(Ndc {
                period: NdcPeriod::new(2021, 2030).unwrap(),
                method: AdjustmentMethod::Averaging,
                is_ldc: false,
                is_sids: true,
                reference: level(2019, 59_800_000),
                target: level(2030, -1),
                trajectory: vec![level(2021, 60_000_000), level(2030, 46_000_000)],
                by: two_officials(),
            }),
        ),
        (
            "emissions_level",
            Article6::EmissionsLevel(EmissionsLevel {
                series: LevelSeries::Covered,
                year: 2024,
                level: -12,
                source: text("National inventory report 2026"),
                by: two_officials(),
            }),
        ),
        (
            "authorised_entity",
            Article6::AuthorisedEntity(AuthorisedEntity {
                approach: text("CA0007"),
                identification: text("CHE-123.456.788"),
                name: text("Klik Foundation"),
                country: text("CH"),
                organisation: Some(OrganisationId(4)),
                date: text("2026-01-15"),
                conditions: None,
                changes: Some(text("With 30 days' notice")),
                information: None,
                revoked: false,
                by: two_officials(),
            }),
        ),
        (
            "authorisation",
            Article6::Authorisation(Box::new(authorisation())),
        ),
        (
            "authorisation_revoked",
            Article6::AuthorisationRevoked(AuthorisationRevoked {
                id: text("GH-CH-2026-01"),
                party: text("GH"),
                date: text("2027-03-01"),
                reason: text("The activity ended"),
                reaches_first_transferred: false,
                by: two_officials(),
            }),
        ),
        (
            "units_authorised",
            Article6::UnitsAuthorised(UnitsAuthorised {
                authorisation: text("GH-CH-2026-01"),
                ranges: vec![text("GH-1-100"), text("GH-201-210")],
                by: two_officials(),
            }),
        ),
        (
            "use_notified",
            Article6::UseNotified(UseNotified {
                ranges: vec![text("GH-1-10")],
                purpose: NotifiedUse::InternationalMitigation,
                party: text("CH"),
                day: text("2027-05-02"),
                reference: text("Notice 17/2027"),
                by: two_officials(),
            }),
        ),
    ];
    records
        .into_iter()
        .map(|(name, it)| (name, Body::Article6(Box::new(it))))
        .collect()
}

fn authorisation_id() -> impl Strategy<Value = AuthorisationId> {
    "[A-Za-z0-9]([A-Za-z0-9 -]{0,30}[A-Za-z0-9])?".prop_map(|it| it.parse().unwrap())
}

fn uses() -> impl Strategy<Value = AuthorisedUse> {
    select(AuthorisedUse::ALL.to_vec())
}

fn definition() -> impl Strategy<Value = Option<FirstTransferDefinition>> {
    option::of(select(FirstTransferDefinition::ALL.to_vec()))
}

pub(crate) fn unit_authorisation() -> impl Strategy<Value = UnitAuthorisation> {
    (
        authorisation_id(),
        1..=u32::MAX,
        approach(),
        uses(),
        definition(),
    )
        .prop_map(
            |(id, version, cooperative_approach, uses, definition)| UnitAuthorisation {
                id,
                version,
                cooperative_approach,
                uses,
                definition,
            },
        )
}

fn by() -> impl Strategy<Value = Vec<ActedBy>> {
    prop_oneof![Just(Vec::new()), vec(acted_by(), 2)]
}

fn day() -> impl Strategy<Value = Day> {
    (1..=Day::LAST.number()).prop_map(|day| Day::new(day).unwrap())
}

fn years() -> impl Strategy<Value = NdcPeriod> {
    let year = || YEAR_MIN..=YEAR_MAX;
    (year(), year()).prop_map(|(a, b)| NdcPeriod::new(a.min(b), a.max(b)).unwrap())
}

fn metric() -> impl Strategy<Value = Metric> {
    let other = (words(), 1..=u32::MAX);
    prop_oneof![
        Just(Metric::Ghg),
        other.prop_map(|(unit, per_tonne)| Metric::NonGhg { unit, per_tonne }),
    ]
}

fn clause() -> impl Strategy<Value = Clause> {
    words()
}

fn authorisations() -> impl Strategy<Value = Authorisation> {
    let who = (
        authorisation_id(),
        party(),
        1..=u32::MAX,
        approach(),
        registry(),
    );
    let named = (
        btree_set(party(), 0..4),
        btree_set(words::<64>(), 0..4),
        btree_set(scope(), 0..4),
        btree_set(project_number(), 0..4),
    );
    let when = (day(), option::of(day()), option::of(day()), years());
    let how = (uses(), definition(), metric(), any::<u64>(), any::<bool>());
    let words = (
        clause(),
        clause(),
        option::of(clause()),
        option::of(clause()),
        option::of(clause()),
        option::of(clause()),
    );
    let short = (
        option::of(words_of_64()),
        option::of(words_of_64()),
        any::<[u8; 32]>(),
    );
    (who, named, when, how, words, short, by()).prop_map(
        |(who, named, when, how, words, short, by)| Authorisation {
            id: who.0,
            party: who.1,
            version: who.2,
            approach: who.3,
            parties: named.0.into_iter().collect(),
            entities: named.1.into_iter().collect(),
            date: when.0,
            issue_until: when.1,
            use_until: when.2,
            definition: how.1,
            uses: how.0,
            oimp: short.0,
            framework: words.0,
            changes: words.1,
            reach: words.2,
            reaches_first_transferred: how.4,
            quantity: how.3,
            registry: who.4,
            underlying: short.1,
            vintages: when.3,
            metric: how.2,
            gases: words.3,
            scopes: named.2.into_iter().collect(),
            activities: words.4,
            projects: named.3.into_iter().collect(),
            terms: words.5,
            document: short.2,
            by,
        },
    )
}

fn words_of_64() -> impl Strategy<Value = Identification> {
    words()
}

fn approaches() -> impl Strategy<Value = CooperativeApproach> {
    let parties = btree_set(party(), 0..6);
    (approach(), clause(), parties, definition(), metric(), by()).prop_map(
        |(id, title, parties, definition, metric, by)| CooperativeApproach {
            id,
            title,
            parties: parties.into_iter().collect(),
            definition,
            metric,
            by,
        },
    )
}

fn ndcs() -> impl Strategy<Value = Ndc> {
    let method = select(vec![
        AdjustmentMethod::Trajectory,
        AdjustmentMethod::Averaging,
        AdjustmentMethod::MultiYear,
    ]);
    let level =
        || (YEAR_MIN..=YEAR_MAX, any::<i64>()).prop_map(|(year, level)| YearLevel { year, level });
    let trajectory = btree_map(0..20_u16, any::<i64>(), 0..20);
    (
        years(),
        method,
        any::<[bool; 2]>(),
        level(),
        level(),
        trajectory,
        by(),
    )
        .prop_map(
            |(period, method, [is_ldc, is_sids], reference, target, trajectory, by)| Ndc {
                period,
                method,
                is_ldc,
                is_sids,
                reference,
                target,
                trajectory: trajectory
                    .into_iter()
                    .map(|(after, level)| YearLevel {
                        year: period.first() + after,
                        level,
                    })
                    .filter(|it| period.contains(it.year))
                    .collect(),
                by,
            },
        )
}

fn entities() -> impl Strategy<Value = AuthorisedEntity> {
    let whom = (
        words_of_64(),
        words(),
        party(),
        option::of(organisation_id()),
    );
    let notes = [
        option::of(clause()),
        option::of(clause()),
        option::of(clause()),
    ];
    (approach(), whom, day(), notes, any::<bool>(), by()).prop_map(
        |(approach, whom, date, [conditions, changes, information], revoked, by)| {
            AuthorisedEntity {
                approach,
                identification: whom.0,
                name: whom.1,
                country: whom.2,
                organisation: whom.3,
                date,
                conditions,
                changes,
                information,
                revoked,
                by,
            }
        },
    )
}

/// Any record of Article 6 that the limits allow.
pub(crate) fn any_body() -> BoxedStrategy<Body> {
    let reports =
        (approach(), day(), clause(), by()).prop_map(|(approach, submitted, reference, by)| {
            InitialReport {
                approach,
                submitted,
                reference,
                by,
            }
        });
    let series = select(vec![
        LevelSeries::Covered,
        LevelSeries::Portion,
        LevelSeries::Indicator,
        LevelSeries::Certified,
    ]);
    let levels = (series, YEAR_MIN..=YEAR_MAX, any::<i64>(), clause(), by()).prop_map(
        |(series, year, level, source, by)| EmissionsLevel {
            series,
            year,
            level,
            source,
            by,
        },
    );
    let revoked = (
        authorisation_id(),
        party(),
        day(),
        clause(),
        any::<bool>(),
        by(),
    )
        .prop_map(|(id, party, date, reason, reaches_first_transferred, by)| {
            AuthorisationRevoked {
                id,
                party,
                date,
                reason,
                reaches_first_transferred,
                by,
            }
        });
    let units =
        (authorisation_id(), vec(range(), 1..=64), by()).prop_map(|(authorisation, ranges, by)| {
            UnitsAuthorised {
                authorisation,
                ranges,
                by,
            }
        });
    let purpose = select(NotifiedUse::ALL.to_vec());
    let notices = (
        vec(range(), 1..=64),
        purpose,
        party(),
        day(),
        clause(),
        by(),
    )
        .prop_map(|(ranges, purpose, party, day, reference, by)| UseNotified {
            ranges,
            purpose,
            party,
            day,
            reference,
            by,
        });
    prop_oneof![
        approaches().prop_map(Article6::CooperativeApproach),
        reports.prop_map(Article6::InitialReport),
        ndcs().prop_map(Article6::Ndc),
        levels.prop_map(Article6::EmissionsLevel),
        entities().prop_map(Article6::AuthorisedEntity),
        authorisations().prop_map(|it| Article6::Authorisation(Box::new(it))),
        revoked.prop_map(Article6::AuthorisationRevoked),
        units.prop_map(Article6::UnitsAuthorised),
        notices.prop_map(Article6::UseNotified),
    ]
    .prop_map(|it| Body::Article6(Box::new(it)))
    .boxed()
}
