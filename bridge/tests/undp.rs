//! Organisations and people out of a UNDP registry's CSV files: what is read, and what is refused with its place.
#![allow(clippy::unwrap_used, missing_docs)]

use countersign_bridge::undp::{DEFAULT_MAPPING, Employer, File, Mapping, Plan, RowError, read};

const ORGANISATIONS: &str = "NAME,EMAIL,PHONE,TAX ID,TYPE,SECTORAL SCOPE,MINISTER\n\
    \"Pacific Stoves, Ltd\",info@stoves.example,+1 5,T-1,Developer,,\n\
    Cert & Co,info@cert.example,,T-2,Certifier,,\n";
const USERS: &str = "NAME,EMAIL,PHONE,TAX ID,TYPE,ROLE,PASSWORD,APIKEY\n\
    Efua,efua@gov.example,,00000GH,Government,admin,hunter2,\n\
    Ama,ama@stoves.example,+1 6,T-1,Developer,Manager,hunter2,key-1\n";

fn read_all(organisations: &[u8], users: &[u8]) -> Result<Plan, Vec<RowError>> {
    let mapping = Mapping::parse(DEFAULT_MAPPING).unwrap();
    let organisations = File {
        name: "organisations.csv",
        bytes: organisations,
    };
    let users = File {
        name: "users.csv",
        bytes: users,
    };
    read(organisations, users, &mapping, "government")
}

fn faults(organisations: &[u8], users: &[u8]) -> Vec<String> {
    let found = read_all(organisations, users).unwrap_err();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn quoted_fields_byte_order_marks_and_both_line_ends_are_read() {
    let plain = read_all(ORGANISATIONS.as_bytes(), USERS.as_bytes()).unwrap();
    assert_eq!(plain.organisations[0].name, "Pacific Stoves, Ltd");
    assert_eq!(plain.organisations[1].organisation_type, "certifier");
    assert_eq!(plain.users[0].of, Employer::Authority);
    assert_eq!(plain.users[0].role, "administrator");
    assert_eq!(plain.users[1].of, Employer::Imported(0));
    assert_eq!((plain.passwords, plain.api_keys), (2, 1));
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes();
    let same = read_all(&windows(ORGANISATIONS), &windows(USERS)).unwrap();
    assert_eq!(same.organisations, plain.organisations);
    assert_eq!(same.users, plain.users);
}

#[test]
fn no_password_and_no_key_is_in_what_was_read_or_in_a_message() {
    let plan = read_all(ORGANISATIONS.as_bytes(), USERS.as_bytes()).unwrap();
    let shown = format!("{plan:?}");
    let bad = USERS.replace("T-1", "T-9").replace("admin", "boss");
    let messages = faults(ORGANISATIONS.as_bytes(), bad.as_bytes()).join("\n");
    for secret in ["hunter2", "key-1"] {
        assert!(!shown.contains(secret) && !messages.contains(secret));
    }
    assert!(
        messages.contains("T-9") && messages.contains("boss"),
        "{messages}"
    );
}

#[test]
fn a_word_that_the_mapping_does_not_have_is_a_mistake_and_no_guess() {
    let ministry = ORGANISATIONS.replace(",Developer,", ",Ministry,");
    let found = faults(ministry.as_bytes(), USERS.as_bytes());
    assert_eq!(
        found[0],
        "organisations.csv:2: TYPE \"Ministry\": the mapping does not say what this type is here; add it there, or correct the row"
    );
    let mapping = Mapping::parse("[types]\nMINISTRY = \"ministry\"\n[roles]\n").unwrap();
    assert_eq!(mapping.organisation_type("Ministry"), Some("ministry"));
}

#[test]
fn every_mistake_of_every_row_is_reported_at_once_with_line_and_column() {
    let organisations = "NAME,EMAIL,PHONE,TAX ID,TYPE,SECTORAL SCOPE,MINISTER\n\
        A,,,T-1,Developer,17,\n,,,T-2,API,,\nA,,,T-1,Developer,,\nOffice,,,T-3,Government,,\n";
    let users = "NAME,EMAIL,PHONE,TAX ID,TYPE,ROLE,PASSWORD,APIKEY\n\
        U,u@x.example,,T-1,Certifier,admin,,\nU,U@x.example,,T-8,Developer,,,\n";
    let found = faults(organisations.as_bytes(), users.as_bytes());
    let places: Vec<&str> = found
        .iter()
        .map(|fault| {
            fault
                .split(": ")
                .take(2)
                .collect::<Vec<_>>()
                .join(": ")
                .leak() as &str
        })
        .collect();
    assert_eq!(
        places,
        [
            "organisations.csv:2: SECTORAL SCOPE \"17\"",
            "organisations.csv:3: NAME",
            "organisations.csv:3: TYPE \"API\"",
            "organisations.csv:4: NAME \"A\"",
            "organisations.csv:4: TAX ID \"T-1\"",
            "organisations.csv:5: TYPE \"Government\"",
            "users.csv:2: TYPE \"Certifier\"",
            "users.csv:3: ROLE",
            "users.csv:3: EMAIL \"U@x.example\"",
            "users.csv:3: TAX ID \"T-8\"",
        ]
    );
}

#[test]
fn a_file_in_latin_1_is_refused_with_the_place_and_the_command_that_converts_it() {
    let latin =
        b"NAME,EMAIL,PHONE,TAX ID,TYPE,SECTORAL SCOPE,MINISTER\nSoci\xe9t\xe9,,,T-1,Developer,,\n";
    let found = faults(latin, USERS.as_bytes());
    assert!(
        found[0].starts_with("organisations.csv:2: character 5 "),
        "{found:?}"
    );
    assert!(found[0].contains("iconv -f WINDOWS-1252 -t UTF-8"));
}

#[test]
fn what_is_no_such_file_is_refused_with_its_line() {
    let semicolons = ORGANISATIONS.replace(',', ";");
    assert!(faults(semicolons.as_bytes(), USERS.as_bytes())[0].contains("semicolons"));
    let short = format!("{ORGANISATIONS}Only a name\n");
    let found = faults(short.as_bytes(), USERS.as_bytes());
    assert!(
        found[0].starts_with("organisations.csv:4: the row has 1 fields and the header 7"),
        "{found:?}"
    );
    let twice = USERS.replace("PHONE", "EMAIL");
    assert!(
        faults(ORGANISATIONS.as_bytes(), twice.as_bytes())[0].contains("EMAIL stands there twice")
    );
    let empty = faults(b"", b"");
    assert!(empty[0].contains("the header lacks NAME"), "{empty:?}");
}

#[test]
fn scopes_are_numbers_in_any_usual_writing() {
    let some = ORGANISATIONS.replace(",Developer,,", ",Developer,3;1-7,");
    let plan = read_all(some.as_bytes(), USERS.as_bytes()).unwrap();
    assert_eq!(plan.organisations[0].scopes, [1, 3, 7]);
}
