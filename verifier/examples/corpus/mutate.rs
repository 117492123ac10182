//! What happens to a bundle on its way: accidents, carelessness and malice.

use base64::{Engine, prelude::BASE64_STANDARD};
use countersign_protocol::log::KeyKind;
use countersign_protocol::log::key::key_id;
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::scalar::clamp_integer;
use curve25519_dalek::traits::Identity;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha512};

use crate::chance::Chance;
use crate::world::{ORIGINS, World, log_seed};

/// The bundle after one change, or as it was.
pub(crate) fn mutate(bundle: &str, other: &str, world: &World, chance: &mut Chance) -> Vec<u8> {
    let text = match chance.below(36) {
        0 => return flip(bundle, chance),
        1 => return cut(bundle, chance),
        2 => lines(bundle, chance, |lines, at, _| drop(lines.remove(at))),
        3 => lines(bundle, chance, |lines, at, _| {
            lines.insert(at, lines[at].clone());
        }),
        4 => lines(bundle, chance, |lines, at, chance| {
            let with = chance.below(lines.len());
            lines.swap(at, with);
        }),
        5 => lines(bundle, chance, |lines, at, _| {
            lines.insert(at, String::new());
        }),
        6 => lines(bundle, chance, |lines, at, chance| {
            replace_character(lines, at, chance);
        }),
        7 => lines(bundle, chance, |lines, at, chance| {
            respell(lines, at, chance);
        }),
        8 => spliced(bundle, other),
        9 => signature_of(bundle, other, chance),
        10 => bundle.replace('\n', "\r\n"),
        11 => bundle.trim_end().to_owned(),
        12 => renumber(bundle, chance),
        13 => forged(bundle, world, chance),
        14 => extended(bundle, chance),
        15 => malleable(bundle, chance),
        16 => crowded(bundle, chance),
        17 => bundle.replacen("extra ", "Extra ", 1),
        18 => signed_with_a_small_point(bundle),
        _ => bundle.to_owned(),
    };
    text.into_bytes()
}

/// A policy after one or two changes.
pub(crate) fn mutate_policy(policy: &str, chance: &mut Chance) -> String {
    let mut text = policy.to_owned();
    for _ in 0..=chance.below(2) {
        text = match chance.below(11) {
            0 => lines(&text, chance, |lines, at, _| drop(lines.remove(at))),
            1 => lines(&text, chance, |lines, at, _| {
                lines.insert(at, lines[at].clone());
            }),
            2 => lines(&text, chance, |lines, at, chance| {
                let with = chance.below(lines.len());
                lines.swap(at, with);
            }),
            3 => lines(&text, chance, |lines, at, chance| {
                replace_character(lines, at, chance);
            }),
            4 => lines(&text, chance, |lines, at, chance| {
                respell(lines, at, chance);
            }),
            5 => text.trim_end().to_owned(),
            6 => text.replace(
                "group most 2",
                chance.of::<&str>(&[
                    "group most 0",
                    "group most 4",
                    "group most all",
                    "group none 1",
                ]),
            ),
            7 => text.replace(" W0", chance.of::<&str>(&["  W1", "\tW0", " none"])),
            8 => lines(&text, chance, |lines, at, _| lines[at].push_str(" # more")),
            _ => with_a_bad_key(&text, chance),
        };
    }
    text
}

fn flip(bundle: &str, chance: &mut Chance) -> Vec<u8> {
    let mut bytes = bundle.as_bytes().to_vec();
    let at = chance.below(bytes.len());
    bytes[at] ^= 1 << chance.below(8);
    bytes
}

fn cut(bundle: &str, chance: &mut Chance) -> Vec<u8> {
    let mut bytes = bundle.as_bytes().to_vec();
    let (a, b) = (chance.below(bytes.len()), chance.below(bytes.len()));
    bytes.drain(a.min(b)..a.max(b));
    bytes
}

fn lines(
    bundle: &str,
    chance: &mut Chance,
    change: impl FnOnce(&mut Vec<String>, usize, &mut Chance),
) -> String {
    let mut lines: Vec<String> = bundle.split('\n').map(str::to_owned).collect();
    let at = chance.below(lines.len());
    change(&mut lines, at, chance);
    lines.join("\n")
}

fn replace_character(lines: &mut [String], at: usize, chance: &mut Chance) {
    let with = chance.of(&[
        'A', '=', '+', '/', ' ', '\t', '0', '\u{a0}', '\u{2028}', '\u{7f}', '\u{0}', 'é',
        '\u{200b}', '\u{85}',
    ]);
    let mut line: Vec<char> = lines[at].chars().collect();
    let place = chance.below(line.len() + 1);
    if place < line.len() && chance.one_in(2) {
        line[place] = with;
    } else {
        line.insert(place, with);
    }
    lines[at] = line.into_iter().collect();
}

/// The same bytes in another spelling of base64, or the same number in another one.
fn respell(lines: &mut [String], at: usize, chance: &mut Chance) {
    let line = &mut lines[at];
    match chance.below(5) {
        0 => *line = line.trim_end_matches('=').to_owned(),
        1 => *line = line.replace('+', "-").replace('/', "_"),
        2 => line.push('='),
        3 => {
            // The bits that padding leaves over.
            let padding = line.len() - line.trim_end_matches('=').len();
            if padding > 0 {
                let place = line.len() - padding - 1;
                let last = char::from(line.as_bytes()[place]);
                let next = char::from_u32(u32::from(last) + 1).unwrap();
                line.replace_range(place..=place, &next.to_string());
            }
        }
        _ => *line = line.replace("index ", "index 0"),
    }
}

/// The leaf and its place from one bundle, the head from another.
fn spliced(bundle: &str, other: &str) -> String {
    let (proof, _) = bundle.split_once("\n\n").unwrap();
    let (_, head) = other.split_once("\n\n").unwrap();
    format!("{proof}\n\n{head}")
}

/// The signatures of another head.
fn signature_of(bundle: &str, other: &str, chance: &mut Chance) -> String {
    let (text, own) = bundle.rsplit_once("\n\n").unwrap();
    let (_, others) = other.rsplit_once("\n\n").unwrap();
    let mut lines: Vec<&str> = own.lines().collect();
    let place = chance.below(lines.len());
    if let Some(line) = others.lines().nth(place) {
        lines[place] = line;
    }
    format!("{text}\n\n{}\n", lines.join("\n"))
}

fn renumber(bundle: &str, chance: &mut Chance) -> String {
    let number = match chance.below(6) {
        0 => u64::MAX,
        1 => i64::MAX as u64,
        2 => 1 << 63,
        3 => 0,
        _ => chance.next() % 300,
    };
    let (head, tail) = bundle.split_once("\nindex ").unwrap();
    let (index, tail) = tail.split_once('\n').unwrap();
    if chance.one_in(2) {
        return format!("{head}\nindex {number}\n{tail}");
    }
    // A tree of one leaf has no hashes: its head begins at once.
    let (proof, note) = match tail.strip_prefix('\n') {
        Some(note) => (String::new(), note),
        None => {
            let (hashes, note) = tail.split_once("\n\n").unwrap();
            (format!("{hashes}\n"), note)
        }
    };
    let (origin, rest) = note.split_once('\n').unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    format!("{head}\nindex {index}\n{proof}\n{origin}\n{number}\n{rest}")
}

/// Signed by somebody who has the name and not the key.
fn forged(bundle: &str, world: &World, chance: &mut Chance) -> String {
    use countersign_protocol::log::{SignedNote, cosign};
    let (proof, note) = bundle.split_once("\n\n").unwrap();
    let Ok(mut read) = SignedNote::parse(note) else {
        return bundle.to_owned();
    };
    if chance.one_in(2) {
        let Ok(own) = SignedNote::sign(read.text(), &world.forger.0) else {
            return bundle.to_owned();
        };
        read = own;
    }
    let line = cosign(read.text(), &world.forger.1, 1_750_000_000);
    if let Ok(line) = line {
        let _ = read.add(line);
    }
    format!("{proof}\n\n{read}")
}

/// Lines in the head that its signature does not cover, or covers when it stood there before.
fn extended(bundle: &str, chance: &mut Chance) -> String {
    let (text, signatures) = bundle.rsplit_once("\n\n").unwrap();
    let more = "\nextension".repeat(1 + chance.below(20));
    format!("{text}{more}\n\n{signatures}")
}

/// Signatures whose bytes were changed in a way that lax verifiers do not see: S above the group order, R or time altered.
fn malleable(bundle: &str, chance: &mut Chance) -> String {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let (text, signatures) = bundle.rsplit_once("\n\n").unwrap();
    let mut lines: Vec<String> = signatures.lines().map(str::to_owned).collect();
    let at = chance.below(lines.len());
    let (name, encoded) = lines[at].rsplit_once(' ').unwrap();
    let mut bytes = BASE64_STANDARD.decode(encoded).unwrap();
    let s = bytes.len() - 32;
    match chance.below(5) {
        0 => {
            let mut carry = 0_u16;
            for (byte, order) in bytes[s..].iter_mut().zip(ORDER) {
                let sum = u16::from(*byte) + u16::from(order) + carry;
                [*byte, _] = sum.to_le_bytes();
                carry = sum >> 8;
            }
        }
        1 => bytes[s - 32..s].fill(0),
        2 => {
            bytes[s - 32..].fill(0);
            bytes[s - 32] = 1;
        }
        3 => bytes[4..12].fill(if chance.one_in(2) { 0 } else { 0xff }),
        _ => bytes.truncate(4 + chance.below(8)),
    }
    lines[at] = format!("{name} {}", BASE64_STANDARD.encode(bytes));
    format!("{text}\n\n{}\n", lines.join("\n"))
}

/// Signed by the ledger itself, in bad faith, with a commitment R of small order: the neutral point, and S = H(R, A, M)·a. The
/// equation of RFC 8032 holds, and a verifier that does not look at R says yes.
fn signed_with_a_small_point(bundle: &str) -> String {
    let (head, signatures) = bundle.rsplit_once("\n\n").unwrap();
    let (_, text) = head.split_once("\n\n").unwrap();
    let origin = text.lines().next().unwrap();
    let number = ORIGINS
        .iter()
        .zip(1..)
        .find(|(it, _)| **it == origin)
        .unwrap()
        .1;
    let seed = log_seed(number);
    let public = SigningKey::from_bytes(&seed).verifying_key();
    let expanded: [u8; 64] = Sha512::digest(seed).into();
    let half = expanded.first_chunk::<32>().unwrap();
    let secret = Scalar::from_bytes_mod_order(clamp_integer(*half));
    let r = EdwardsPoint::identity().compress();
    let hash = Sha512::new()
        .chain_update(r.as_bytes())
        .chain_update(public.as_bytes())
        .chain_update(text)
        .chain_update("\n")
        .finalize();
    let s = Scalar::from_bytes_mod_order_wide(&hash.into()) * secret;
    let id = key_id(origin, KeyKind::Ed25519, public.as_bytes());
    let line = BASE64_STANDARD.encode([id.as_slice(), r.as_bytes(), s.as_bytes()].concat());
    let others: Vec<&str> = signatures.lines().skip(1).collect();
    format!(
        "{head}\n\n\u{2014} {origin} {line}\n{}\n",
        others.join("\n")
    )
    .replace("\n\n\n", "\n\n")
}

/// A policy with a key that is no good: of small order, or a point in a second spelling.
fn with_a_bad_key(policy: &str, chance: &mut Chance) -> String {
    let mut key = [0xff; 32];
    match chance.below(4) {
        0 => key = EIGHT_TORSION[chance.below(8)].compress().to_bytes(),
        // y = p + 3, p + 4 and so on, which stand for 3, 4 and so on.
        1 => (key[0], key[31]) = (0xed + 3 + chance.next().to_le_bytes()[0] % 15, 0x7f),
        2 => key = chance.seed(),
        _ => (key[0], key[31]) = (0xed - 1 - chance.next().to_le_bytes()[0] % 40, 0x7f),
    }
    let (kind, begin) = chance.of(&[
        (KeyKind::Ed25519, "log"),
        (KeyKind::CosignatureV1, "witness W9"),
    ]);
    let id = hex::encode(key_id("w9.example", kind, &key));
    let key = BASE64_STANDARD.encode([&[kind.byte()], key.as_slice()].concat());
    format!("{begin} w9.example+{id}+{key}\n{policy}")
}

/// Signature lines of strangers, few or more than a reader takes; or a line twice.
fn crowded(bundle: &str, chance: &mut Chance) -> String {
    let mut text = bundle.to_owned();
    let count = chance.of(&[1, 10, 27, 28, 29, 40]);
    for number in 0..count {
        let line = if chance.one_in(9) {
            bundle.lines().last().unwrap().to_owned()
        } else {
            format!(
                "\u{2014} stranger{number}.example {}",
                BASE64_STANDARD.encode(chance.seed())
            )
        };
        text.push_str(&line);
        text.push('\n');
    }
    text
}
