//! Every language has every word that the pages use, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use countersign_protocol::party::Party;
use countersign_protocol::permission::Action;
use countersign_protocol::workflow::{Effect, End, StepKind, SubjectKind};
use fluent_bundle::FluentResource;

use super::{COUNTRIES, FILES, country, find, text};
use crate::people::AuditEvent;
use crate::web::guidance::TOPICS;
use crate::web::language::Language;

/// The keys of a file, each with the values that its texts take.
fn keys(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines() {
        let is_key = line.starts_with(|c: char| c.is_ascii_lowercase());
        if let Some((key, _)) = line.split_once(" = ").filter(|_| is_key) {
            assert!(!keys.contains_key(key), "{key} stands twice");
            key.clone_into(&mut last);
            keys.entry(last.clone()).or_default();
        }
        for part in line.split("{ $").skip(1) {
            let name = part.split([' ', '}']).next().unwrap();
            keys.get_mut(&last).unwrap().insert(name.to_owned());
        }
    }
    keys
}

/// Everything that the pages are made of, as it stands in the sources.
fn sources() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = String::new();
    for folder in [
        "src/web",
        "src/web/work",
        "src/web/charts",
        "src/web/map",
        "src/web/work/article6",
        "src/web/work/monitoring",
        "src/web/work/process",
        "src/web/work/report",
        "templates/web",
        "templates/web/work",
    ] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                all.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    all
}

/// Words of closed lists: `list-thing`.
fn listed() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let record = root.join("../protocol/src/record");
    let body = std::fs::read_to_string(record.join("body.rs")).unwrap();
    let article6 = std::fs::read_to_string(record.join("article6.rs")).unwrap();
    let kinds = body.lines().chain(article6.lines()).filter_map(|line| {
        let (_, kind) = line.trim().split_once("(_) => \"")?;
        Some(kind.split('"').next()?.replace('_', "-"))
    });
    let mut all: BTreeSet<String> = kinds.map(|kind| format!("record-{kind}")).collect();
    assert!(all.len() > 38, "{all:?}");
    let mut list = |name: &str, things: &str| {
        all.extend(things.split_whitespace().map(|it| format!("{name}-{it}")));
    };
    list(
        "event",
        "issuance split hold lift reserve free transfer lock release finalise acquire retire cancel hold-placed hold-lifted",
    );
    list(
        "act",
        "opened yes no migrated finding-opened finding-answered finding-closed",
    );
    list("standing", "pending active suspended closed");
    list("organisation-kind", "government developer certifier other");
    list(
        "purpose",
        "ndc international-mitigation other-purposes overall-mitigation voluntary adaptation-fund",
    );
    list("retired", "retire cancel");
    list("state", "locked final released acquired refused");
    list("at", "available on-hold escrow abroad used cancelled");
    list("partner", "out in open");
    list("stage-time", "median p90 times");
    list("direction", "out in");
    list("road", "done now failed ahead");
    list("sort", "number title newest");
    list(
        "uses",
        "ndc oimp imp op ndc-and-oimp ndc-and-imp ndc-and-op",
    );
    list(
        "definition",
        "authorisation issuance use-or-cancellation first-international-transfer",
    );
    list("method", "trajectory averaging multi-year");
    list(
        "holds",
        "party-holding entity-holding buffer share-of-proceeds use-towards-ndc international-mitigation other-purposes \
         overall-mitigation other-cancellation",
    );
    list(
        "action",
        "authorised first-transferred transferred acquired used-towards-ndc ended partners-first-transfer",
    );
    list(
        "nav",
        "projects map units retirements organisations transfers cooperation accounting statistics verify transparency \
         federation entries guidance data api notices letters",
    );
    list("menu", "registry article6 proof use");
    list(
        "data-about",
        "projects organisations retirements transfers actions use-notices letters history units statistics places datapackage sha256sums",
    );
    list("month", "1 2 3 4 5 6 7 8 9 10 11 12");
    list("scope", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
    list("part-state", "done todo wrong open");
    list("retire-kind", "retire cancel");
    list(
        "unit-field",
        "r-account r-tonnes r-ranges r-units r-to r-country r-agreement r-there r-kind r-purpose r-beneficiary r-reason \
         r-jurisdiction r-ndc-year",
    );
    list("bridge-name", "cad-trust mrv itmo-platform");
    list("badge", "agrees absent due stopped differs dead");
    list("bridge-state", "starting working idle waits barred");
    list("bridge-item", "due agreed stopped dead differs");
    list("bridge-done", "sync replay");
    list("arrival-kind", "project monitoring");
    list("arrival-state", "ready waits stopped opened ended known");
    list("cases-part", "own assigned all");
    list("cases-state", "open ended any");
    list("own-done", "account invited proposed user");
    list(
        "account-done",
        "profile password session others news key passkey passkey-named passkey-removed",
    );
    list("user-state", "invited active suspended erased");
    let deeds = "invite end-sessions suspend reactivate reset-factors erase";
    list("user-deed", deeds);
    list("user-deed-text", deeds);
    list("user-done", &format!("role proposed {deeds}"));
    list("trusted-done", "proposed removed");
    list("hold-kind", "ranges project account organisation");
    list("hold-done", "placed lifted ended");
    list("webhook-state", "works failing disabled");
    list("webhook-done", "added paused resumed replayed removed");
    for event in AuditEvent::ALL {
        list("audit", event.word());
    }
    list("role", "root administrator manager viewer");
    list(
        "proposal",
        "role invitation trusted-receiver key-rotation process article6",
    );
    list("proposal-done", "approved rejected");
    article6_words(&mut list);
    process_words(&mut list);
    list(
        "bulk-kind",
        "cases accounts account-transfers retirements standing-holds",
    );
    list("bulk-status", "written repeated possible refused");
    list(
        "told-status",
        "recorded proposed possible repeated draft refused",
    );
    list("told-action", "issue end contribute");
    list(
        "partner-state",
        "consistent behind unreachable finding frozen accused removed",
    );
    for of in [
        "by-year",
        "by-vintage",
        "by-scope",
        "projects",
        "by-partner",
        "end-states",
        "end-countries",
        "by-region",
        "agreements",
        "between",
        "stages",
    ] {
        list("chart", &format!("{of} {of}-text"));
    }
    for key in [
        "not-found",
        "malformed",
        "method",
        "too-many",
        "busy",
        "failed",
        "signed-out",
        "forbidden",
        "refused",
    ] {
        list("error", &format!("{key} {key}-text"));
    }
    for key in [
        "valid",
        "moved",
        "elsewhere",
        "quorum",
        "altered",
        "unknown",
        "unreadable",
        "record",
        "fork",
    ] {
        list("verdict", &format!("{key} {key}-text"));
    }
    for key in [
        "locked-unwitnessed",
        "locked",
        "final",
        "released",
        "acquired",
        "refused",
    ] {
        list("transfer", &format!("now-{key} next-{key}"));
    }
    for (topic, paragraphs) in TOPICS {
        list("guide", topic);
        for number in 1..=paragraphs {
            list("guide", &format!("{topic}-{number}"));
        }
    }
    all
}

/// The words of processes and of decisions under them.
fn process_words(list: &mut impl FnMut(&str, &str)) {
    for key in ["forms", "documents", "duplicates", "findings", "late"] {
        list("check", &format!("{key} {key}-none"));
    }
    list("process-done", "adopted proposed");
    list("monitoring-done", "source revoked points sealed");
    list("blueprint-done", "added");
    list(
        "process-thing",
        "organisation role track document form letter fee issuance transfers adoption flow stage step",
    );
    list("process-became", "added removed changed");
    list("permitted", "own assigned sector country");
    for action in Action::ALL {
        list("may", action.word());
    }
    let words = |all: Vec<String>| all.join(" ");
    let all = SubjectKind::ALL.iter().map(ToString::to_string);
    list("subject", &words(all.collect()));
    let all = StepKind::ALL.iter().map(ToString::to_string);
    list("step-kind", &words(all.collect()));
    let all = End::ALL.iter().map(ToString::to_string);
    list("flow-end", &words(all.collect()));
    let all = Effect::ALL.iter().map(ToString::to_string);
    list("effect", &words(all.collect()));
}

/// The words of the desk of Article 6 and of its reports.
fn article6_words(list: &mut impl FnMut(&str, &str)) {
    let kinds =
        "approach initial-report entity authorisation revocation units use-notice ndc levels";
    list(
        "aef-table",
        "submission authorisations actions holdings entities",
    );
    list("aef-change", "added removed changed");
    list("aef-origin", "frozen imported");
    list("studio-done", "frozen unchanged");
    list("report-done", "imported");
    list("summary-elapsed", "since-first whole-period");
    list("summary-axis", "event balance");
    list("a6-kind", kinds);
    list("a6-about", kinds);
    list("a6-done", "recorded proposed");
    list("a6-deed", "version revoke units notice");
    list("series", "covered portion indicator certified");
    list("a6-ca", "id id-hint parties parties-hint");
    list("a6-notice", "party party-hint");
    list(
        "a6",
        "id title authorisation party version approach name country identification organisation parties entities date \
         issue-until use-until definition uses oimp framework conditions changes reach reaches-first-transferred quantity \
         registry underlying vintages-first vintages-last metric-non-ghg-unit metric-non-ghg-per-tonne gases scopes \
         activities projects terms document information revoked reason account units-tonnes units-ranges ranges purpose day \
         submitted reference period-first period-last method is-ldc is-sids series year level reference-year \
         reference-level target-year target-level trajectory source levels",
    );
    list(
        "a6",
        "id-hint party-hint country-hint organisation-hint parties-hint definition-hint reach-hint quantity-hint registry-hint \
         underlying-hint vintages-first-hint vintages-last-hint metric-non-ghg-unit-hint scopes-hint projects-hint \
         document-hint units-tonnes-hint units-ranges-hint ranges-hint",
    );
}

#[test]
fn every_language_has_the_same_words_with_the_same_values() {
    let wanted = keys(FILES[0].1);
    assert!(wanted.len() > 600);
    for (language, file) in FILES {
        let read = FluentResource::try_new(file.to_owned());
        assert!(read.is_ok(), "{language}: {:?}", read.err().map(|it| it.1));
        let found = keys(file);
        for (key, values) in &wanted {
            let here = found.get(key);
            assert!(here.is_some(), "{language} has no {key}");
            let here = here.unwrap();
            // A form for one may leave the number out, and no text takes a value that nobody gives.
            let extra: Vec<_> = here.difference(values).collect();
            assert!(extra.is_empty(), "{language}, {key}: {extra:?}");
            let missing: Vec<_> = values
                .difference(here)
                .filter(|it| *it != "shown")
                .collect();
            assert!(missing.is_empty(), "{language}, {key}: {missing:?}");
        }
        let more: Vec<_> = found
            .keys()
            .filter(|it| !wanted.contains_key(*it))
            .collect();
        assert!(more.is_empty(), "{language} has more: {more:?}");
        assert!(found.keys().all(|key| find(language, key, &[]).is_some()));
    }
}

#[test]
fn every_word_that_a_page_asks_for_is_there_and_every_one_that_is_there_is_asked_for() {
    let (sources, listed) = (sources(), listed());
    let wanted = keys(FILES[0].1);
    for call in [".t(\"", ".t1(\"", ".t2(\"", ".counted(\""] {
        for part in sources.split(call).skip(1) {
            let key = part.split('"').next().unwrap();
            assert!(wanted.contains_key(key), "{key} is asked for and not there");
        }
    }
    for key in &listed {
        assert!(wanted.contains_key(key), "{key} is of a list and not there");
    }
    for key in wanted.keys() {
        let is_asked_for = sources.contains(&format!("\"{key}\"")) || listed.contains(key);
        assert!(is_asked_for, "nobody asks for {key}");
    }
}

#[test]
fn other_languages_are_not_english() {
    let all = keys(FILES[0].1);
    for language in [Language::Fr, Language::Es, Language::Pt, Language::Ar] {
        let is_english = |key: &&String| text(language, key, &[]) == text(Language::En, key, &[]);
        let same = all.keys().filter(is_english).count();
        // Numbers, names and a few words that two languages share: one in fifty.
        assert!(
            same * 50 < all.len(),
            "{language}: {same} texts are those of English"
        );
    }
}

#[test]
fn every_country_has_a_name_in_every_language() {
    for (language, _) in COUNTRIES {
        for party in Party::all() {
            let name = country(language, &party.to_string());
            assert!(name.is_some_and(|it| !it.is_empty()), "{language}: {party}");
        }
    }
    assert_eq!(country(Language::Fr, "CH"), Some("Suisse"));
    assert_eq!(country(Language::En, "CH"), None);
}
