//! Countries that keep a cooperative approach.

use countersign_protocol::article6::{
    AdjustmentMethod, AuthorisedUse, FirstTransferDefinition, NdcPeriod,
};
use countersign_protocol::record::{
    Article6, Authorisation, AuthorisationRevoked, Body, Claim, CooperativeApproach, Metric, Ndc,
    Purpose, RetireKind, YearLevel,
};
use countersign_protocol::registry::{
    Applied, Article6Refusal, AuthorisationUse, Command, Holding, Refusal, Selection,
};
use countersign_protocol::serial::UnitType;
use countersign_protocol::units::UnitRange;

use crate::support::world::countries;
use crate::support::{Ledger, TRADING, text};

/// The approach of every agreement of the tests.
pub(crate) const APPROACH: &str = "CA0001";
/// The authorisation of the tests.
pub(crate) const AUTHORISATION: &str = "GH-CH-2025-01";

pub(crate) type Definition = FirstTransferDefinition;
pub(crate) type Use = AuthorisedUse;

pub(crate) fn record(it: Article6) -> Command {
    Command::Article6(Box::new(it))
}

pub(crate) fn approach(definition: Option<Definition>) -> CooperativeApproach {
    CooperativeApproach {
        id: text(APPROACH),
        title: text("Cooperation"),
        parties: vec![text("CH"), text("GH"), text("SE")],
        definition,
        metric: Metric::Ghg,
        by: Vec::new(),
    }
}

pub(crate) fn ndc() -> Ndc {
    let level = |year, level| YearLevel { year, level };
    Ndc {
        period: NdcPeriod::new(2021, 2030).unwrap(),
        method: AdjustmentMethod::MultiYear,
        is_ldc: false,
        is_sids: false,
        reference: level(2019, 100),
        target: level(2030, 90),
        trajectory: Vec::new(),
        by: Vec::new(),
    }
}

pub(crate) fn authorisation(uses: Use, definition: Option<Definition>) -> Authorisation {
    Authorisation {
        id: text(AUTHORISATION),
        party: text("GH"),
        version: 1,
        approach: text(APPROACH),
        parties: Vec::new(),
        entities: Vec::new(),
        date: text("2025-01-15"),
        issue_until: None,
        use_until: None,
        definition,
        uses,
        oimp: None,
        framework: text("Framework"),
        changes: text("By a new version"),
        reach: None,
        reaches_first_transferred: false,
        quantity: 0,
        registry: text("GHA01"),
        underlying: None,
        vintages: NdcPeriod::new(2021, 2030).unwrap(),
        metric: Metric::Ghg,
        gases: None,
        scopes: Vec::new(),
        activities: None,
        projects: Vec::new(),
        terms: None,
        document: [0; 32],
        by: Vec::new(),
    }
}

pub(crate) fn revocation(reaches_first_transferred: bool) -> Article6 {
    Article6::AuthorisationRevoked(AuthorisationRevoked {
        id: text(AUTHORISATION),
        party: text("GH"),
        date: text("2025-07-07"),
        reason: text("The activity ended"),
        reaches_first_transferred,
        by: Vec::new(),
    })
}

pub(crate) fn put(ledger: &mut Ledger, it: Article6) -> Result<Vec<u64>, Refusal> {
    ledger.submit(&record(it))
}

pub(crate) fn authorise(ledger: &mut Ledger, it: Authorisation) {
    ledger.must(&record(Article6::Authorisation(Box::new(it))));
}

/// Ghana and Switzerland with the approach and an NDC on both sides.
pub(crate) fn parties(definition: Option<Definition>) -> [Ledger; 2] {
    let mut both = <[Ledger; 2]>::try_from(countries(&["GH", "CH"])).unwrap();
    for ledger in &mut both {
        ledger.must(&record(Article6::CooperativeApproach(approach(definition))));
        ledger.must(&record(Article6::Ndc(ndc())));
    }
    both
}

/// The same, with so many units under an authorisation in Ghana's trading account.
pub(crate) fn authorised(uses: Use, definition: Option<Definition>, tonnes: u64) -> [Ledger; 2] {
    let [mut ghana, swiss] = parties(definition);
    authorise(&mut ghana, authorisation(uses, definition));
    ghana.issue(TRADING, tonnes);
    put_under(&mut ghana, tonnes).unwrap();
    [ghana, swiss]
}

pub(crate) fn put_under(ledger: &mut Ledger, tonnes: u64) -> Result<Vec<u64>, Refusal> {
    ledger.submit(&Command::AuthoriseUnits {
        account: TRADING,
        units: Selection::Tonnes(tonnes),
        authorisation: text(AUTHORISATION),
        by: Vec::new(),
    })
}

pub(crate) fn issue(ledger: &mut Ledger, year: u16, tonnes: u64) {
    ledger.must(&Command::Issue {
        account: TRADING,
        project: 1,
        year,
        unit_type: UnitType::ITMO,
        tonnes,
    });
}

/// An intent to use or cancel.
pub(crate) fn retire(purpose: Purpose, ndc_year: Option<u16>, units: Selection) -> Command {
    let kind = match purpose {
        Purpose::Ndc => RetireKind::Retire,
        _ => RetireKind::Cancel,
    };
    Command::Retire {
        account: TRADING,
        units,
        kind,
        purpose,
        beneficiary: None,
        claim: Claim {
            ndc_year,
            ..Claim::default()
        },
    }
}

/// The rule of Article 6 that refused.
pub(crate) fn why<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Article6Refusal {
    match result.unwrap_err() {
        Refusal::Article6(why) => *why,
        other => panic!("{other}"),
    }
}

pub(crate) fn used(ledger: &Ledger) -> AuthorisationUse {
    ledger.state.authorisation_use(text(AUTHORISATION))
}

pub(crate) fn unit(ledger: &Ledger, number: u64) -> Holding {
    let holding = ledger.state.holding_of(text("GH"), number);
    holding.unwrap()
}

pub(crate) fn is_first_transferred(ledger: &Ledger, number: u64) -> bool {
    unit(ledger, number).block.first_transfer.is_some()
}

pub(crate) fn numbers(text_form: &str) -> Selection {
    Selection::Ranges(vec![text::<UnitRange>(text_form)])
}

pub(crate) fn body(it: Article6) -> Body {
    Body::Article6(Box::new(it))
}

pub(crate) fn write(ledger: &mut Ledger, it: Article6) -> Result<Applied, Refusal> {
    ledger.write(body(it))
}
