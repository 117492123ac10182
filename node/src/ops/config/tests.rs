#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;
use crate::http::Budgets;
use crate::letters::LetterheadText;
use crate::ops::files::FileFault;
use crate::web::Wording;
use countersign_protocol::log::{KeyKind, SignerKey};
use proptest::prelude::*;

const PEER: &str = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";

fn vkey(seed: u8) -> VerifierKey {
    SignerKey::from_seed("witness.example.org", KeyKind::CosignatureV1, &[seed; 32])
        .unwrap()
        .verifier()
        .clone()
}

fn text() -> String {
    format!(
        r#"party = "GH"
name = "Ghana Carbon Registry"
origin = "registry.example.gov.gh/ledger"
registry = "GHA01"
policy = "trust.policy"

[http]
listen = "127.0.0.1:7443"

[p2p]
network = "itmo"
listen = ["/ip4/0.0.0.0/tcp/4001", "/ip4/0.0.0.0/udp/4001/quic-v1"]

[[witness]]
name = "auditor"
vkey = "{}"
http = "https://witness.example.org"

[[witness]]
name = "switzerland"
vkey = "{}"
peer = "/dns4/node.example.admin.ch/tcp/4001/p2p/{PEER}"

[limits]
cache_mib = 64
"#,
        vkey(1),
        vkey(2)
    )
}

/// The fault after one replacement in the good text.
fn fault(from: &str, to: &str) -> Fault {
    assert!(text().contains(from), "{from:?} is not in the text");
    Config::parse(&text().replacen(from, to, 1)).unwrap_err()
}

#[test]
fn a_configuration_is_read_with_its_defaults() {
    let config = Config::parse(&text()).unwrap();
    assert_eq!(
        (
            config.party.alpha3(),
            config.registry.number(),
            config.http.listen.port()
        ),
        ("GHA", 1, 7443)
    );
    assert_eq!(
        (
            config.p2p.listen.len(),
            config.p2p.announce.len(),
            config.witnesses.len()
        ),
        (2, 0, 2)
    );
    assert!(
        matches!(&config.witnesses[0].at, WitnessAddress::Http(url) if url.as_str() == "https://witness.example.org")
    );
    assert!(matches!(&config.witnesses[1].at, WitnessAddress::Peer(_)));
    assert_eq!(
        (config.limits.cache_mib, config.limits.http_requests),
        (64, LimitsConfig::default().http_requests)
    );
    assert_eq!(
        config.policy_path(Path::new("/data")),
        Path::new("/data/trust.policy")
    );
    let small = "party = \"GH\"\nname = \"G\"\norigin = \"o\"\nregistry = \"GHA01\"\npolicy = \"p\"\np2p.network = \"itmo\"\n";
    let small = Config::parse(small).unwrap();
    assert_eq!(
        (small.http.clone(), small.limits),
        (HttpConfig::default(), LimitsConfig::default())
    );
    assert!(small.http.listen.ip().is_loopback());
}

#[test]
fn every_fault_names_its_line_and_column() {
    let cases = [
        (
            "party = \"GH\"",
            "party = \"gh\"",
            1,
            9,
            "country \"gh\" is not an ISO 3166-1 alpha-2 code",
        ),
        (
            "name = \"Ghana Carbon Registry\"",
            "name = \"\"",
            2,
            8,
            "text is empty",
        ),
        (
            "registry = \"GHA01\"",
            "registry = \"CHE01\"",
            4,
            12,
            "write GHA01 or mend `party`",
        ),
        (
            "registry.example.gov.gh/ledger",
            "a b",
            3,
            10,
            "ledger origin \"a b\"",
        ),
        ("trust.policy", "", 5, 10, "the policy file has no name"),
        (
            "127.0.0.1:7443",
            "0.0.0.0:7443",
            8,
            10,
            "reachable by others",
        ),
        (
            "127.0.0.1:7443",
            "[2001:db8::1]:7443",
            8,
            10,
            "allow_public = true",
        ),
        ("127.0.0.1:7443", "localhost", 8, 10, "write 127.0.0.1:8080"),
        (
            "network = \"itmo\"",
            "network = \"ITMO\"",
            11,
            11,
            "lower-case letters",
        ),
        (
            "/ip4/0.0.0.0/udp/4001/quic-v1",
            "/ip4/0.0.0.0/tcp/4001",
            12,
            36,
            "stands twice",
        ),
        (
            "/ip4/0.0.0.0/udp/4001/quic-v1",
            "0.0.0.0:4001",
            12,
            36,
            "is not a multiaddr",
        ),
        (
            "\"switzerland\"",
            "\"auditor\"",
            20,
            8,
            "another witness has this name",
        ),
        (
            &vkey(2).to_string(),
            &vkey(1).to_string(),
            21,
            8,
            "another witness has this key",
        ),
        (
            &vkey(2).to_string(),
            "witness+key",
            21,
            8,
            "a verifier key reads NAME+ID+KEY",
        ),
        (&format!("/p2p/{PEER}"), "", 22, 8, "must end in /p2p/PEER"),
        (
            "http = \"https://",
            "http = \"ftp://",
            17,
            8,
            "is not an http:// or https:// URL",
        ),
        (
            "http = \"https://witness.example.org\"\n",
            "",
            14,
            1,
            "either `http` or `peer`",
        ),
        (
            "cache_mib = 64",
            "cache_mib = 0",
            25,
            13,
            "write a number from 4 to 65536",
        ),
        (
            "cache_mib = 64",
            "cache_mib = \"64\"",
            25,
            13,
            "invalid type: string",
        ),
        (
            "cache_mib = 64",
            "cache_mb = 64",
            25,
            1,
            "unknown field `cache_mb`",
        ),
        (
            "[limits]",
            "[projection]\nurl = \"mysql://db\"\n[limits]",
            25,
            7,
            "postgres://user@host/database",
        ),
        ("[limits]", "[limit]", 24, 2, "unknown field `limit`"),
        (
            "[http]\n",
            "[http]\nport = 1\n",
            8,
            1,
            "unknown field `port`",
        ),
        ("network = \"itmo\"\n", "", 10, 1, "missing field `network`"),
        ("[p2p]", "[p2p", 10, 5, ""),
    ];
    for (from, to, line, column, told) in cases {
        let fault = fault(from, to);
        let place = (fault.line, fault.column);
        assert!(
            place == (line, column) && fault.message.contains(told),
            "{from:?} -> {to:?} says {fault}"
        );
        assert!(!fault.message.contains('\n'), "{fault}");
    }
}

#[test]
fn http_beyond_loopback_needs_a_word_of_its_own() {
    let public = text().replace(
        "listen = \"127.0.0.1:7443\"",
        "listen = \"0.0.0.0:7443\"\nallow_public = true",
    );
    assert!(Config::parse(&public).unwrap().http.allow_public);
    assert!(Config::parse(&text().replace("127.0.0.1:7443", "[::1]:7443")).is_ok());
}

#[test]
fn a_log_key_is_no_witness() {
    let log = SignerKey::from_seed("w", KeyKind::Ed25519, &[9; 32]).unwrap();
    let fault = fault(&vkey(2).to_string(), &log.verifier().to_string());
    assert!(
        fault.line == 21 && fault.message.contains("type 0x04"),
        "{fault}"
    );
}

#[test]
fn the_file_is_written_whole_and_never_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::parse(&text()).unwrap();
    assert!(matches!(
        Config::load(folder.path()),
        Err(ConfigError::File(FileFault::Missing(_)))
    ));
    config.create(folder.path()).unwrap();
    assert_eq!(Config::load(folder.path()).unwrap(), config);
    assert!(matches!(
        config.create(folder.path()),
        Err(ConfigError::File(FileFault::Exists(_)))
    ));
    let moved = Config {
        policy: "other.policy".into(),
        ..config
    };
    moved.replace(folder.path()).unwrap();
    assert_eq!(Config::load(folder.path()).unwrap(), moved);
    std::fs::write(
        folder.path().join(CONFIG_FILE),
        "party = \"GH\"\nparty = \"CH\"\n",
    )
    .unwrap();
    let error = Config::load(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("config.toml, line 2, column 1: duplicate key"),
        "{error}"
    );
}

prop_compose! {
    fn any_letters()(
        country in prop::option::of("[a-zé\"'\\\\ ]{1,20}"), names in prop::collection::btree_map("[a-z]{2}", "[a-zç\"\\\\]{1,20}", 0..3),
        address in prop::collection::vec("[a-z ,\"]{1,20}", 0..4),
    ) -> LettersConfig {
        LettersConfig {
            country: country.map(LetterheadText::Plain),
            ministry: Some(LetterheadText::ByLanguage(names)),
            address,
            place: None,
        }
    }
}

prop_compose! {
    fn any_site()(
        title in "[a-zé\"'\\\\ ]{1,20}", welcome in prop::collection::btree_map("en|fr|es|pt|ar", "[a-zç\"\\\\]{1,20}", 0..3), red in 0..80_u8, has_logo: bool,
    ) -> SiteConfig {
        SiteConfig {
            title: Wording::plain(title),
            welcome: Wording(welcome),
            colour: format!("#{red:02x}2030").parse().ok(),
            logo: has_logo.then(|| "emblem.svg".into()),
            ..SiteConfig::default()
        }
    }
}

#[test]
fn what_the_pages_say_is_in_their_languages_and_their_colour_carries_white_letters() {
    let with = |site: &str| Config::parse(&format!("{}\n[site]\n{site}\n", text()));
    let site = with("title = \"Registre\"\ncolour = \"#0b5563\"")
        .unwrap()
        .site;
    assert_eq!(site.title, Wording::plain("Registre"));
    for (refused, why) in [
        (
            "title = { de = \"Register\" }",
            "there are no pages in \"de\"",
        ),
        ("colour = \"#ffee00\"", "the contrast is"),
        ("colour = \"red\"", "six hex digits"),
        ("title = 7", "write a text, or one for each language"),
        ("theme = \"dark\"", "unknown field"),
    ] {
        let fault = with(refused).unwrap_err();
        assert!(fault.message.contains(why), "{refused}: {fault}");
    }
}

prop_compose! {
    fn any_mail()(port in 1..u16::MAX, tls in 0..3_usize, user in prop::option::of("[a-z@\"]{1,20}"), is_file: bool) -> MailConfig {
        let password = if is_file { MailPassword::File("smtp.password".into()) } else { MailPassword::Credential("smtp".parse().unwrap()) };
        MailConfig {
            server: "localhost".parse().unwrap(),
            port,
            tls: [MailTls::StartTls, MailTls::Implicit, MailTls::None][tls],
            ca_file: is_file.then(|| "ca.pem".into()),
            login: user.map(|user| (user.parse().unwrap(), password)),
            sender: "The Registry <registry@example.gov>".parse().unwrap(),
        }
    }
}

#[test]
fn mail_to_another_machine_is_never_in_plain_and_a_password_has_its_user() {
    let with = |mail: &str| {
        Config::parse(&format!(
            "{}\n[mail]\nsender = \"a@b.example\"\n{mail}\n",
            text()
        ))
    };
    let mail = with("server = \"smtp.example.org\"").unwrap().mail.unwrap();
    assert_eq!((mail.port, mail.tls), (587, MailTls::StartTls));
    let mail = with("server = \"smtp.example.org\"\ntls = \"implicit\"")
        .unwrap()
        .mail
        .unwrap();
    assert_eq!(mail.port, 465);
    assert!(with("server = \"127.0.0.1\"\ntls = \"none\"").is_ok());
    for (refused, why) in [
        (
            "server = \"smtp.example.org\"\ntls = \"none\"",
            "goes over TLS",
        ),
        ("server = \"10.0.0.1\"\ntls = \"none\"", "goes over TLS"),
        (
            "server = \"a.example\"\nuser = \"me\"",
            "needs password_file",
        ),
        ("server = \"a.example\"\npassword_file = \"p\"", "add user"),
        (
            "server = \"a.example\"\nuser = \"me\"\npassword_file = \"p\"\npassword_credential = \"c\"",
            "remove one",
        ),
        ("server = \"a.example\"\nport = 0", "no port"),
        (
            "server = \"a.example\"\npassword = \"secret\"",
            "unknown field",
        ),
    ] {
        let fault = with(refused).unwrap_err();
        assert!(fault.message.contains(why), "{refused}: {fault}");
    }
}

prop_compose! {
    fn any_config()(
        name in "[^\\p{C}\\p{Zl}\\p{Zp}]{1,40}", origin in "[a-z\"'\\\\]{1,20}", policy in "[a-z\"'\\\\/]{1,20}", port: u16, public: bool,
        ports in prop::collection::btree_set(1..u16::MAX, 0..5), witnesses in prop::collection::btree_map("[a-z\"\\\\ ]{1,12}", any::<bool>(), 0..5),
        limits in (16..1000_u32, 4..100_u32), letters in any_letters(), site in any_site(), mail in prop::option::of(any_mail()), database in prop::option::of("postgres(ql)?://[a-z\"'\\\\/]{1,20}"),
    ) -> Config {
        let address = |port: u16| format!("/ip4/10.0.0.1/tcp/{port}").parse().unwrap();
        let witness = |((name, http), seed): ((String, bool), u8)| WitnessConfig {
            name: name.parse().unwrap(),
            vkey: vkey(seed),
            at: if http { WitnessAddress::Http("http://[::1]:1/".parse().unwrap()) } else {
                WitnessAddress::Peer(format!("/ip4/10.0.0.1/udp/1/quic-v1/p2p/{PEER}").parse().unwrap())
            },
        };
        Config {
            party: "VU".parse().unwrap(),
            name: name.parse().unwrap(),
            origin: origin.parse().unwrap(),
            registry: "VUT07".parse().unwrap(),
            policy: policy.into(),
            http: HttpConfig { listen: SocketAddr::from((if public { [10, 0, 0, 1] } else { [127, 0, 0, 1] }, port)), allow_public: public, behind_proxy: public, public_url: public.then(|| "https://registry.example/a".parse().unwrap()) },
            p2p: P2pConfig { network: "a-1".parse().unwrap(), listen: ports.iter().map(|port| address(*port)).collect(), announce: ports.iter().rev().map(|port| address(*port)).collect() },
            witnesses: witnesses.into_iter().zip(1..).map(witness).collect(),
            federation: FederationConfig { root_hash: public.then_some([7; 32]), from: if public { vec!["https://registry.example/trust".parse().unwrap()] } else { Vec::new() } },
            projection: ProjectionConfig { url: database },
            letters,
            site,
            mail,
            webhooks: WebhooksConfig { allow_private: public },
            open_data: OpenDataConfig { hour: if public { 13 } else { 1 } },
            limits: LimitsConfig { queue_submissions: limits.0, cache_mib: limits.1, ..LimitsConfig::default() },
            rates: RateLimits { anonymous: Budgets { reads: limits.0, lists: limits.1, writes: 0 }, ..RateLimits::default() },
        }
    }
}

proptest! {
    #[test]
    fn every_configuration_survives_its_file(config in any_config()) {
        prop_assert_eq!(Config::parse(&config.to_string()), Ok(config));
    }

    #[test]
    fn reading_any_text_ends_in_a_configuration_or_a_fault(at in any::<usize>(), by in "[ -~\n]{0,3}") {
        let good = text();
        let at = at % good.len();
        let edited = format!("{}{by}{}", &good[..at], &good[at + 1..]);
        if let Err(fault) = Config::parse(&edited) {
            prop_assert!(fault.line >= 1 && fault.line <= edited.lines().count() + 1, "{fault}");
        }
    }
}
