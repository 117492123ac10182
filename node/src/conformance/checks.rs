//! The numbers and names of the checks. A number keeps its meaning for ever; one that goes out of use is not given again.

/// One numbered check.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// Its number: 1xx the connection, 2xx the log, 3xx what is delivered, 4xx the witness, 5xx the HTTP face.
    pub number: u16,
    /// What must hold.
    pub title: &'static str,
    /// Where that is laid down.
    pub source: &'static str,
}

const fn check(number: u16, title: &'static str, source: &'static str) -> Check {
    Check {
        number,
        title,
        source,
    }
}

/// Every check, by number.
pub const CHECKS: [Check; 25] = [
    check(
        101,
        "a listed peer gets in",
        "formats-peer.md, The connection",
    ),
    check(
        102,
        "a peer that is not listed gets no answer",
        "formats-peer.md, The connection",
    ),
    check(
        201,
        "it gives a checkpoint of its log",
        "C2SP tlog-checkpoint",
    ),
    check(
        202,
        "the log and a quorum of its witnesses have signed it",
        "C2SP tlog-cosignature, tlog-policy",
    ),
    check(
        203,
        "its leaves make the tree of the checkpoint",
        "RFC 6962 section 2.1",
    ),
    check(
        204,
        "sizes in between are shown to be of the same tree",
        "RFC 6962 section 2.1.2",
    ),
    check(
        205,
        "every leaf is a record in its one encoding",
        "formats.md",
    ),
    check(
        206,
        "every record obeys the rules",
        "architecture.md, What never bends",
    ),
    check(
        207,
        "a log that it does not keep is refused by number",
        "formats-peer.md, 4001",
    ),
    check(
        208,
        "leaves beyond its end are not made up",
        "formats-peer.md, GetEntries",
    ),
    check(
        301,
        "what is no bundle is refused by number",
        "formats-peer.md, 1xxx and 4007",
    ),
    check(
        302,
        "a bundle of a log that it does not trust is refused by number",
        "formats-peer.md, 4001",
    ),
    check(
        303,
        "a bundle with one byte changed is refused by number",
        "formats-peer.md, 4xxx",
    ),
    check(
        304,
        "a leaf that is part of no transfer changes nothing",
        "formats-peer.md, Deliver",
    ),
    check(
        305,
        "a repeat gets the same answer",
        "ledgers of transfers, rule R7",
    ),
    check(
        306,
        "many requests at once are answered or refused as busy, and it goes on",
        "formats-peer.md, What a node takes",
    ),
    check(
        307,
        "bytes that are no message are refused with 1002",
        "formats-peer.md, 1002",
    ),
    check(
        308,
        "a frame that is too long is refused with 1001 by its length alone",
        "formats-peer.md, 1001",
    ),
    check(
        309,
        "a message of a version that nobody speaks is refused with 1005",
        "formats-peer.md, 1005",
    ),
    check(
        401,
        "a malformed request to cosign is refused with 400",
        "C2SP tlog-witness",
    ),
    check(
        402,
        "a log that it does not know is not cosigned: 404",
        "C2SP tlog-witness",
    ),
    check(501, "its HTTP face shows the same log", "C2SP tlog-tiles"),
    check(
        502,
        "the tiles of entries are the leaves of the tree",
        "C2SP tlog-tiles",
    ),
    check(
        503,
        "the tiles of hashes are the hashes of those leaves",
        "C2SP tlog-tiles",
    ),
    check(
        504,
        "a tile beyond the tree is not found",
        "C2SP tlog-tiles",
    ),
];
