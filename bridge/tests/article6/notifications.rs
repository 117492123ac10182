//! Notifications from other registries, beside the ledger.

use countersign_bridge::notification::{
    Draft, FILE_BYTES_MAX, LINE_BYTES_MAX, LINES_MAX, Outcome, ReadError, Why, check, read,
};
use countersign_protocol::article6::Book;
use countersign_protocol::record::{Article6, Metric, NotifiedUse, Purpose};

use crate::books;
use crate::story::{full, send};
use crate::support::{Ledger, TRADING, text};
use crate::world::{
    Definition, Use, authorisation, authorise, is_first_transferred, parties, put_under, record,
};

/// A notification with some fields of its own.
fn line(reference: &str, rest: &str) -> String {
    format!(
        r#"{{"registry":"VCS","reference":"{reference}","authorisation":"GH-CH-2025-01","vintage":2023,{rest}}}"#
    )
}

fn issuance(reference: &str, quantity: u64) -> String {
    line(
        reference,
        &format!(r#""event":"issuance","day":"2025-07-07","quantity":{quantity}"#),
    )
}

fn used(reference: &str, units: &str, quantity: u64, purpose: &str) -> String {
    line(
        reference,
        &format!(
            r#""event":"use","day":"2025-07-07","quantity":{quantity},"units":"{units}","purpose":"{purpose}""#
        ),
    )
}

fn outcomes(book: &Book, lines: &[String]) -> Vec<Outcome> {
    let lines = read(lines.join("\n").as_bytes()).unwrap();
    check(book, &lines, text("2025-07-08"))
}

/// Each line alone.
fn why(book: &Book, line: String) -> Why {
    outcomes(book, &[line]).remove(0).draft.unwrap_err()
}

#[test]
fn an_issuance_under_an_authorisation_is_to_be_issued_up_to_its_quantity() {
    // A thousand are authorised, and a hundred of them came under it.
    let ghana = books(&Metric::Ghg).remove(0);
    let found = outcomes(
        &ghana,
        &[
            issuance("N-1", 600),
            issuance("N-2", 301),
            issuance("N-3", 300),
        ],
    );
    let drafts: Vec<_> = found.into_iter().map(|it| it.draft).collect();
    let issue = |quantity, reference| Draft::Issue {
        authorisation: text("GH-CH-2025-01"),
        vintage: 2023,
        quantity,
        reference: text(reference),
    };
    assert_eq!(
        drafts,
        [
            Ok(issue(600, "N-1")),
            Err(Why::Quantity {
                left: 300,
                wanted: 301
            }),
            Ok(issue(300, "N-3")),
        ]
    );
}

#[test]
fn what_an_authorisation_does_not_say_gives_no_draft() {
    let ghana = books(&Metric::Ghg).remove(0);
    let changed = |from: &str, to: &str| {
        let line = issuance("N-1", 10);
        let other = line.replacen(from, to, 1);
        assert_ne!(line, other);
        why(&ghana, other)
    };
    let id = text("GH-CH-2025-01");
    let wanted = "VCS".to_owned();
    assert_eq!(changed("VCS", "GS"), Why::Registry { id, wanted });
    assert_eq!(
        changed("2025-01", "2025-99"),
        Why::Authorisation(text("GH-CH-2025-99"))
    );
    assert_eq!(
        changed("2025-07-07", "2025-07-09"),
        Why::Day(text("2025-07-09"))
    );
    assert_eq!(
        changed("2025-07-07", "2025-07-06"),
        Why::Day(text("2025-07-06"))
    );
    assert_eq!(changed("2023", "2020"), Why::Vintage(2020));
    assert!(matches!(
        changed("\"quantity\":10", "\"quantity\":0"),
        Why::Field(_)
    ));
    let extra = issuance("N-1", 10).replace("\"quantity\"", "\"purpose\":\"ndc\",\"quantity\"");
    assert!(matches!(why(&ghana, extra), Why::Field(_)));
    let twice = outcomes(&ghana, &[issuance("N-1", 10), issuance("N-1", 20)]);
    let registry = "VCS".to_owned();
    assert_eq!(twice[1].draft, Err(Why::Repeated { registry, line: 1 }));
}

#[test]
fn a_use_of_units_that_are_here_is_to_end_them_and_one_of_what_is_gone_gives_no_draft() {
    let ghana = books(&Metric::Ghg).remove(0);
    let imp = "international_mitigation";
    // Of a hundred the last forty left, and two more were used here.
    let found = outcomes(&ghana, &[used("N-1", "GH-1-5", 5, imp)]);
    assert_eq!(
        found[0].draft,
        Ok(Draft::End {
            account: TRADING,
            units: text("GH-1-5"),
            purpose: Purpose::InternationalMitigation,
            reference: text("N-1"),
        })
    );
    for (line, sentence) in [
        (used("N-1", "GH-1-5", 6, imp), "not the number of units"),
        (used("N-1", "GH-57-60", 4, imp), "in one block"),
        (used("N-1", "GH-59-60", 2, imp), "used or cancelled already"),
        (used("N-1", "GH-61-62", 2, imp), "first transferred before"),
        (used("N-1", "GH-500-501", 2, imp), "in one block"),
        (
            used("N-1", "GH-1-5", 5, "other_purposes"),
            "not authorised for this purpose",
        ),
        (
            used("N-1", "GH-1-5", 5, imp).replace("2023", "2024"),
            "another vintage",
        ),
    ] {
        let why = why(&ghana, line.clone()).to_string();
        assert!(why.contains(sentence), "{line}: {why}");
    }
    let twice = outcomes(
        &ghana,
        &[used("N-1", "GH-1-5", 5, imp), used("N-2", "GH-5-6", 2, imp)],
    );
    let why = twice[1].draft.clone().unwrap_err().to_string();
    assert!(why.contains("a line before"), "{why}");
}

#[test]
fn a_use_abroad_before_the_first_transfer_is_a_record_that_the_ledger_takes() {
    let definition = Some(Definition::UseOrCancellation);
    let mut both: Vec<Ledger> = parties(definition).into();
    authorise(&mut both[0], authorisation(Use::Imp, definition));
    both[0].issue(TRADING, 10);
    put_under(&mut both[0], 10).unwrap();
    send(&mut both, 0, 1, 10, 1);
    let book = Book::read(&both[0].leaves).unwrap();
    let told = used("N-1", "GH-1-4", 4, "international_mitigation");
    let Ok(Draft::Record(notice)) = outcomes(&book, &[told]).remove(0).draft else {
        panic!("no record");
    };
    assert_eq!(notice.party, text("CH"));
    both[0].must(&record(Article6::UseNotified(notice)));
    assert!(is_first_transferred(&both[0], 4) && !is_first_transferred(&both[0], 5));
    let ndc = used("N-2", "GH-5-6", 2, "ndc");
    let why = why(&book, ndc).to_string();
    assert!(why.contains("no first transfer"), "{why}");
}

#[test]
fn what_is_recorded_already_is_told_so() {
    let definition = Some(Definition::UseOrCancellation);
    let mut both: Vec<Ledger> = parties(definition).into();
    authorise(&mut both[0], authorisation(Use::Imp, definition));
    both[0].issue(TRADING, 10);
    put_under(&mut both[0], 10).unwrap();
    send(&mut both, 0, 1, 10, 1);
    let told = used("N-1", "GH-1-4", 4, "international_mitigation");
    let book = Book::read(&both[0].leaves).unwrap();
    let Ok(Draft::Record(notice)) = outcomes(&book, std::slice::from_ref(&told)).remove(0).draft
    else {
        panic!("no record");
    };
    both[0].must(&record(Article6::UseNotified(notice)));
    let book = Book::read(&both[0].leaves).unwrap();
    let recorded = |units: &str| Why::Recorded(text(units));
    assert_eq!(why(&book, told.clone()), recorded("GH-1-4"));
    let part = used("N-2", "GH-2-3", 2, "international_mitigation");
    assert_eq!(why(&book, part), recorded("GH-2-3"));
    // Told of the same units, and of something else.
    for (from, to) in [
        ("international_mitigation", "overall_mitigation"),
        ("\"purpose\"", "\"party\":\"SE\",\"purpose\""),
    ] {
        let why = why(&book, told.replace(from, to)).to_string();
        assert!(why.contains("first transferred before"), "{to}: {why}");
    }
}

#[test]
fn a_contribution_to_the_adaptation_fund_is_recorded_abroad_and_to_be_moved_at_home() {
    let definition = Some(Definition::UseOrCancellation);
    let mut both: Vec<Ledger> = parties(definition).into();
    authorise(&mut both[0], authorisation(Use::Imp, definition));
    both[0].issue(TRADING, 10);
    put_under(&mut both[0], 10).unwrap();
    send(&mut both, 0, 1, 4, 1);
    let book = Book::read(&both[0].leaves).unwrap();
    let contributed = |units: &str| {
        line(
            "N-1",
            &format!(r#""event":"contribution","day":"2025-07-07","quantity":2,"units":"{units}""#),
        )
    };
    let here = outcomes(&book, &[contributed("GH-1-2")]).remove(0).draft;
    assert_eq!(
        here,
        Ok(Draft::Contribute {
            account: TRADING,
            units: text("GH-1-2"),
            reference: text("N-1"),
        })
    );
    let abroad = outcomes(&book, &[contributed("GH-9-10")]).remove(0).draft;
    let Ok(Draft::Record(notice)) = abroad else {
        panic!("no record")
    };
    assert_eq!(notice.purpose, NotifiedUse::AdaptationFund);
    both[0].must(&record(Article6::UseNotified(notice)));
    assert!(is_first_transferred(&both[0], 10));
    let book = Book::read(&both[0].leaves).unwrap();
    assert_eq!(
        why(&book, contributed("GH-9-10")),
        Why::Recorded(text("GH-9-10"))
    );
    let with_purpose = contributed("GH-1-2").replace("\"event\"", "\"purpose\":\"ndc\",\"event\"");
    assert!(matches!(why(&book, with_purpose), Why::Field(_)));
    let nameless = contributed("GH-1-2").replace(",\"units\":\"GH-1-2\"", "");
    assert!(matches!(why(&book, nameless), Why::Field(_)));
}

#[test]
fn a_line_that_is_none_is_told_at_its_place_and_a_file_that_is_none_is_refused() {
    let good = issuance("N-1", 10);
    let long = issuance(&"x".repeat(LINE_BYTES_MAX), 10);
    let unknown = good.replace("\"event\"", "\"colour\":1,\"event\"");
    let file = format!("\u{feff}{good}\n\n{{\n{long}\n{unknown}\r\n");
    let lines = read(file.as_bytes()).unwrap();
    let places: Vec<_> = lines
        .iter()
        .map(|it| (it.number, it.notification.is_ok()))
        .collect();
    assert_eq!(places, [(1, true), (3, false), (4, false), (5, false)]);
    let [ghana, ..] = &full(&Metric::Ghg)[..] else {
        panic!("three")
    };
    let book = Book::read(&ghana.leaves).unwrap();
    let found = check(&book, &lines, text("2025-07-08"));
    assert!(found[0].draft.is_ok());
    assert!(matches!(&found[3].draft, Err(Why::Unreadable(why)) if why.contains("colour")));
    assert_eq!(read(b"{}\n\xff"), Err(ReadError::Text(3)));
    let found = FILE_BYTES_MAX + 1;
    assert_eq!(read(&vec![b'\n'; found]), Err(ReadError::Bytes { found }));
    assert_eq!(
        read("{}\n".repeat(LINES_MAX + 1).as_bytes()),
        Err(ReadError::Lines)
    );
}
