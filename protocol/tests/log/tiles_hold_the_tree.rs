//! Tiles and entry bundles: coordinates, paths, bytes, and the tree read back from them.

use std::collections::BTreeMap;

use countersign_protocol::log::{
    FieldFault, Frontier, Hash, Tile, TileError, TilePath, TileSource, TileTree, decode_entries,
    encode_entries, prove_consistency, prove_inclusion, root_at, verify_consistency,
    verify_inclusion,
};
use proptest::prelude::*;

use crate::naive;

fn tile(level: u8, index: u64, width: u16) -> Tile {
    Tile::new(level, index, width).unwrap()
}

#[test]
fn paths_are_those_of_the_specification() {
    let cases = [
        (tile(0, 0, 256), "tile/0/000"),
        (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (tile(0, 273, 112), "tile/0/273.p/112"),
        (tile(1, 1000, 1), "tile/1/x001/000.p/1"),
        (tile(7, 0, 5), "tile/7/000.p/5"),
    ];
    for (tile, path) in cases {
        assert_eq!(tile.path(), path);
        assert_eq!(path.parse(), Ok(TilePath::Hashes(tile)));
    }
    let entries = tile(0, 1_234, 5);
    assert_eq!(entries.entries_path(), "tile/entries/x001/234.p/5");
    assert_eq!(
        "tile/entries/x001/234.p/5".parse(),
        Ok(TilePath::Entries(entries))
    );
}

#[test]
fn other_spellings_of_a_path_are_refused() {
    let refusal = |path: &str| path.parse::<TilePath>().unwrap_err();
    for path in [
        "",
        "tile",
        "tile/0",
        "tiles/0/000",
        "/tile/0/000",
        "tile0/000",
    ] {
        assert_eq!(refusal(path), TileError::NotATilePath, "{path}");
    }
    for path in [
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/0/x001/x002",
        "tile/0/X001/002",
        "tile/0/x01/002",
        "tile/0/",
        "tile/0/000/",
        "tile/0/-01",
        "tile/0/00\u{0661}",
        "tile/0/../000",
        "tile/0//000",
        "tile/entries/x000/x000/001",
        "tile/0/000.p",
    ] {
        assert_eq!(refusal(path), TileError::IndexSpelling, "{path}");
    }
    for path in ["0", "256", "01", "", "-1", "1/", "1.p/2"] {
        assert_eq!(
            refusal(&format!("tile/0/000.p/{path}")),
            TileError::PartialWidth,
            "{path}"
        );
    }
    assert_eq!(
        refusal("tile/x/000"),
        TileError::Level(FieldFault::NotDecimal)
    );
    assert_eq!(
        refusal("tile/00/000"),
        TileError::Level(FieldFault::LeadingZero)
    );
    assert_eq!(
        refusal("tile/256/000"),
        TileError::Level(FieldFault::TooLarge)
    );
    assert_eq!(
        refusal("tile/8/000"),
        TileError::BeyondTree { level: 8, index: 0 }
    );
    assert_eq!(
        refusal("tile/63/000"),
        TileError::BeyondTree {
            level: 63,
            index: 0
        }
    );
    assert_eq!(
        refusal("tile/7/001"),
        TileError::BeyondTree { level: 7, index: 1 }
    );
    assert_eq!(
        refusal(&format!("tile/0/{}000", "x999/".repeat(40))),
        TileError::NotATilePath
    );
    assert!(
        refusal("tile/0/x036/x028/x797/x018/x963/968")
            .to_string()
            .contains("outside")
    );
}

#[test]
fn the_tiles_of_a_tree_are_those_of_the_specification() {
    let of = |size| Tile::changed(0, size).collect::<Vec<_>>();
    let tiles = of(70_000);
    assert_eq!(
        tiles
            .iter()
            .filter(|t| t.level() == 0 && t.is_full())
            .count(),
        273
    );
    let rest: Vec<_> = tiles
        .into_iter()
        .filter(|t| t.level() > 0 || !t.is_full())
        .collect();
    assert_eq!(
        rest,
        [
            tile(0, 273, 112),
            tile(1, 0, 256),
            tile(1, 1, 17),
            tile(2, 0, 1)
        ]
    );
    assert_eq!(of(256), [tile(0, 0, 256), tile(1, 0, 1)]);
    assert_eq!(of(0), []);
    assert_eq!(of(1), [tile(0, 0, 1)]);
    assert_eq!(
        Tile::changed(255, 257).collect::<Vec<_>>(),
        [tile(0, 0, 256), tile(0, 1, 1), tile(1, 0, 1)]
    );
    assert_eq!(Tile::changed(256, 256).count(), 0);
    assert_eq!(Tile::in_tree(0, 1, 256), None);
    assert_eq!(Tile::in_tree(0, u64::MAX, 256), None);
    assert_eq!(Tile::new(0, 0, 0), Err(TileError::Width(0)));
    assert_eq!(Tile::new(0, 0, 257), Err(TileError::Width(257)));
}

/// A log as files: written after every growth exactly as [`Tile::changed`] says.
#[derive(Default)]
struct Files(BTreeMap<String, Vec<u8>>);

impl TileSource for Files {
    fn tile(&self, tile: Tile) -> Option<Vec<u8>> {
        self.0.get(&tile.path()).cloned()
    }
}

fn grow(files: &mut Files, leaves: &[Hash], sizes: &[usize]) {
    let mut levels: BTreeMap<(u8, u64), Hash> = BTreeMap::new();
    let mut frontier = Frontier::new();
    let mut old = 0;
    for new in sizes {
        for leaf in &leaves[old..*new] {
            let keep = |level, index, hash| {
                levels.insert((level, index), hash);
            };
            frontier.push_with(*leaf, keep).unwrap();
        }
        for tile in Tile::changed(old as u64, *new as u64) {
            let first = tile.index() * 256;
            let bytes = (first..first + u64::from(tile.width()))
                .flat_map(|index| levels[&(tile.level() * 8, index)])
                .collect();
            files.0.insert(tile.path(), bytes);
        }
        old = *new;
    }
}

#[test]
fn roots_and_proofs_of_every_age_come_from_tiles() {
    let sizes = [1, 200, 256, 257, 1000, 65_536, 66_000];
    let leaves = naive::leaves(66_000);
    let mut files = Files::default();
    grow(&mut files, &leaves, &sizes);
    let roots: Vec<Hash> = sizes
        .iter()
        .map(|size| naive::mth(&leaves[..*size]))
        .collect();
    for (at, size) in sizes.iter().enumerate() {
        let (tree, n) = (TileTree::new(&files, *size as u64), *size as u64);
        assert_eq!(root_at(&tree, n), Ok(roots[at]), "size {size}");
        for index in [0, size / 3, size - 1] {
            let proof = prove_inclusion(&tree, index as u64, n).unwrap();
            let checked = verify_inclusion(&leaves[index], index as u64, n, &proof, &roots[at]);
            assert_eq!(checked, Ok(()));
        }
        for (old, root) in sizes[..at].iter().zip(&roots) {
            let proof = prove_consistency(&tree, *old as u64, n).unwrap();
            assert_eq!(
                verify_consistency(*old as u64, n, root, &roots[at], &proof),
                Ok(())
            );
        }
    }
    // Partial tiles may be deleted once the full tile is there.
    let partial = files.0.remove("tile/0/000.p/200").unwrap();
    assert_eq!(partial.len(), 200 * 32);
    assert_eq!(root_at(&TileTree::new(&files, 200), 200), Ok(roots[1]));
    // A missing or cut tile is missed, not made up.
    files.0.insert("tile/0/x001/000".into(), vec![0; 31]);
    files.0.get_mut("tile/0/003").unwrap().pop();
    assert!(prove_inclusion(&TileTree::new(&files, 1000), 0, 1000).is_ok());
    assert!(prove_inclusion(&TileTree::new(&files, 66_000), 800, 66_000).is_err());
}

#[test]
fn entry_bundles_hold_exactly_their_leaves() {
    let leaves = [b"".as_slice(), b"a", &[7; 65_535]];
    let bundle = encode_entries(&leaves).unwrap();
    assert_eq!(bundle[..5], [0, 0, 0, 1, b'a']);
    assert_eq!(decode_entries(&bundle, 3).unwrap(), leaves);
    assert_eq!(
        decode_entries(&bundle, 2),
        Err(TileError::TrailingBytes(65_537))
    );
    assert_eq!(
        decode_entries(&bundle, 4),
        Err(TileError::EntryMissing { position: 3 })
    );
    let cut = &bundle[..bundle.len() - 1];
    assert_eq!(
        decode_entries(cut, 3),
        Err(TileError::EntryMissing { position: 2 })
    );
    assert_eq!(decode_entries(&bundle, 0), Err(TileError::Width(0)));
    let long = encode_entries(&[vec![0; 65_536]]);
    assert_eq!(
        long,
        Err(TileError::EntryTooLong {
            position: 0,
            bytes: 65_536
        })
    );
    assert_eq!(encode_entries(&vec![b"x"; 257]), Err(TileError::Width(257)));
    assert_eq!(encode_entries::<&[u8]>(&[]), Err(TileError::Width(0)));
}

proptest! {
    #[test]
    fn a_path_and_its_tile_are_inverse(level in 0_u8..8, index in 0_u64..=u64::MAX, width in 1_u16..=256) {
        let index = index >> (9 + 8 * level.min(6));
        if let Ok(tile) = Tile::new(level, index, width) {
            prop_assert_eq!(tile.path().parse(), Ok(TilePath::Hashes(tile)));
            if level == 0 {
                prop_assert_eq!(tile.entries_path().parse(), Ok(TilePath::Entries(tile)));
            }
        }
    }

    #[test]
    fn any_path_has_one_spelling_or_is_refused(path in "tile/[0-9entris]{1,7}/[x0-9/.p]{0,16}|.{0,40}") {
        if let Ok(read) = path.parse::<TilePath>() {
            prop_assert_eq!(read.to_string(), path);
        }
    }

    #[test]
    fn any_bytes_are_a_bundle_with_one_meaning_or_refused(bytes in prop::collection::vec(0_u8..4, 0..40), width in 0_u16..12) {
        if let Ok(leaves) = decode_entries(&bytes, width) {
            prop_assert_eq!(encode_entries(&leaves).unwrap(), bytes);
        }
    }
}
