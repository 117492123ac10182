//! What the members decide together: keys, who joins, and what becomes of a ledger that is gone or that lied.

use std::collections::BTreeMap;

use countersign_protocol::log::Checkpoint;
use countersign_protocol::trust::Head;

use crate::defect::Defect;
use crate::founding::{
    COUNTRIES, FIRST_WITNESSES, Founding, WITNESSES, generations, log_key, origin,
};
use crate::node::Node;
use crate::shared::{Event, Law};
use crate::trust::WitnessSet;
use crate::witness::{Stored, Witness};
use crate::world::World;

/// Witnessed key rotations are entered in the trust registry, and everybody hears of the newest version now and then.
pub(crate) fn follow(world: &mut World) {
    let shared = &mut world.shared;
    for (country, name) in COUNTRIES.iter().enumerate() {
        let rotations = shared.checks.books[country].rotations.clone();
        let listed = shared.registry.keys_listed(country);
        let is_open = listed > 0 && !shared.registry.is_decided(country);
        if is_open && rotations.len() >= listed {
            let (from, text) = &rotations[listed - 1];
            let key = text.parse().unwrap();
            shared.registry.rotate(country, *from, key);
            shared.checks.count("key rotated");
            shared.tell(|| format!("the registry lists the next key of {name}"));
        }
    }
    if world.shared.random.chance(300) {
        world.tell_everybody();
    }
}

pub(crate) fn join(world: &mut World, country: usize) {
    world.shared.registry.join(country);
    world.shared.checks.count("joined");
    world
        .shared
        .tell(|| format!("{} joins", COUNTRIES[country]));
    let id = world.nodes.len();
    let mut node = Node::new(id, country);
    node.version = world.shared.registry.newest();
    node.start(&mut world.shared);
    world.nodes.push(node);
    world.tell_everybody();
}

/// The longest line that enough honest witnesses are on, so that it can have a quorum and no other can; every head that
/// ever had a quorum is on it. Where they are on too many lines, it is the last head that had a quorum, and where none had,
/// the first block.
fn last_line(world: &World, country: usize) -> Stored {
    let longest = longest_line(world, country);
    longest.unwrap_or_else(|| witnessed_line(world, country))
}

fn witnessed_line(world: &World, country: usize) -> Stored {
    let book = &world.shared.checks.books[country];
    let (leaves, tree) = if book.tree.size() == 0 {
        let founding = Founding::of(country);
        (founding.leaves, founding.tree)
    } else {
        (book.leaves.clone(), book.tree.clone())
    };
    let (size, root) = (tree.size(), tree.root());
    let used = book.rotations.iter().filter(|(from, _)| *from <= size);
    let head = Checkpoint {
        origin: origin(country).to_string(),
        size,
        root,
    };
    Stored {
        note: head.sign(log_key(country, used.count())).unwrap(),
        head,
        leaves,
        tree,
    }
}

fn longest_line(world: &World, country: usize) -> Option<Stored> {
    let honest: BTreeMap<usize, &Stored> = world
        .witnesses
        .iter()
        .filter(|witness| !witness.lies())
        .filter_map(|witness| Some((witness.id, witness.disk.get(&country)?)))
        .collect();
    let mut lines: Vec<&Stored> = honest.values().copied().collect();
    lines.sort_by_key(|stored| std::cmp::Reverse(stored.head.size));
    let sets = world.shared.registry.witness_sets();
    let fits = |line: &&Stored| {
        let is_below = |witness: &usize| {
            honest
                .get(witness)
                .is_some_and(|it| line.tree.extends(it.head.size, &it.head.root))
        };
        let mut sets = sets.iter();
        sets.any(|set| set.honest().filter(is_below).count() + 1 >= set.quorum)
    };
    lines.into_iter().find(fits).cloned()
}

/// The trust registry names other witnesses: one joins and a quorum is one more, or one leaves and it is one less. The next
/// change waits until everybody has the one before, and until every head that counted has a quorum of it: a head that only an
/// earlier set has cosigned would have too few witnesses in common with the next one.
pub(crate) fn change_witnesses(world: &mut World) {
    let shared = &mut world.shared;
    let since = shared.registry.newest_witnesses_since();
    let mut nodes = world.nodes.iter().filter(|it| !it.is_gone);
    let has_everybody = nodes.all(|node| node.version >= since);
    if !has_everybody && shared.defect != Some(Defect::ChangesInARow) {
        return;
    }
    let mut set = WitnessSet::clone(&shared.registry.witnesses(shared.registry.newest()));
    let is_free = |defect| matches!(defect, Defect::ChangesInARow | Defect::HeadsLeftBehind);
    if !shared.defect.is_some_and(is_free) && !shared.checks.all_carried_over(&set) {
        return;
    }
    let stays = set.members.len() > FIRST_WITNESSES;
    let leaving: Vec<usize> = set.honest().collect();
    let joining = (0..WITNESSES).find(|it| !world.used_witnesses.contains(it));
    let leaves = stays || shared.defect == Some(Defect::ExchangesAWitness);
    if leaves {
        let left = shared.random.pick(&leaving).unwrap();
        set.members.remove(&left);
        set.quorum -= 1;
    }
    if !stays {
        let Some(joining) = joining else { return };
        world.used_witnesses.insert(joining);
        set.members.insert(joining);
        set.quorum += 1;
    }
    shared.checks.count(if stays {
        "witness left"
    } else {
        "witness joined"
    });
    shared.tell(|| {
        format!(
            "the witnesses are {:?}, {} of them",
            set.members, set.quorum
        )
    });
    shared.registry.change_witnesses(set.clone());
    for ((country, size, root), witness) in shared.checks.witnesses_are(&set) {
        // Whoever cosigned a head has its leaves, unless it was made to forget.
        let stored = world.witnesses[witness].disk.get(&country);
        if let Some(stored) = stored.filter(|it| it.leaves.len() as u64 >= size) {
            shared.checks.certified(country, size, root, &stored.leaves);
        }
    }
    world.tell_everybody();
}

/// The witnesses that are not on the line that was named move to it, and mirror it.
fn move_witnesses(world: &mut World, country: usize, line: &Stored) {
    for witness in world.witnesses.iter_mut().filter(|it| !it.lies()) {
        let has_line = witness
            .disk
            .get(&country)
            .is_some_and(|stored| stored.tree.extends(line.head.size, &line.head.root));
        if !has_line {
            witness.disk.insert(country, line.clone());
        }
    }
}

fn seal(world: &mut World, country: usize) {
    for witness in &mut world.witnesses {
        witness.sealed.insert(country);
    }
}

/// A ledger ends for ever. Witnesses stop first; then what they have is the last head.
pub(crate) fn close(world: &mut World, country: usize) {
    let is_sealed = world.shared.defect != Some(Defect::ClosesWithoutSealing);
    let head = if is_sealed {
        // The ones that answer must be so many that every quorum had one of them.
        let honest = |it: &&Witness| !it.lies();
        if !world.witnesses.iter().filter(honest).all(|it| it.is_up) {
            return;
        }
        let line = last_line(world, country);
        seal(world, country);
        move_witnesses(world, country, &line);
        let (size, root) = (line.head.size, line.head.root);
        world
            .shared
            .checks
            .certified(country, size, root, &line.leaves);
        Head { size, root }
    } else {
        let tree = &world.shared.checks.books[country].tree;
        Head {
            size: tree.size(),
            root: tree.root(),
        }
    };
    if head.size == 0 {
        return;
    }
    world.shared.registry.close(country, head);
    world.shared.checks.closed.insert(country, head.size);
    world.shared.checks.count("closed");
    world
        .shared
        .tell(|| format!("{} is closed at {}", COUNTRIES[country], head.size));
    world.tell_everybody();
}

/// Whoever showed two histories is closed, or goes on with the line that the registry names.
pub(crate) fn decide_about_the_liar(world: &mut World) {
    let Some(country) = world.shared.checks.liar else {
        return;
    };
    if world.shared.random.chance(500) && world.shared.defect.is_none() {
        close(world, country);
    } else {
        name_line(world, country);
    }
}

/// A country that was restored and then shown a head that nobody but a lying witness has: it could wait for ever, so the
/// members name the line that lives on.
pub(crate) fn help_whoever_is_stuck(world: &mut World) {
    let is_stuck = |node: &Node| {
        let behind = node.memory.behind.filter(|_| !node.is_gone);
        behind.is_some_and(|head| {
            let has = |witness: &Witness| {
                let stored = witness.disk.get(&node.country);
                stored.is_some_and(|it| it.tree.extends(head.size, &head.root))
            };
            !world.witnesses.iter().any(has)
        })
    };
    let stuck: Vec<usize> = world
        .nodes
        .iter()
        .filter(|node| is_stuck(node))
        .map(|node| node.country)
        .filter(|country| !world.shared.registry.is_decided(*country))
        .collect();
    for country in stuck {
        world.shared.checks.count("line named after a restore");
        name_line(world, country);
    }
}

/// The registry names the line of a ledger that lives on, and a new key for it.
fn name_line(world: &mut World, country: usize) {
    let line = last_line(world, country);
    let head = Head {
        size: line.head.size,
        root: line.head.root,
    };
    if world.shared.checks.books[country].tree.size() > head.size {
        world.shared.broken(Law::OnlyGrows, || {
            format!(
                "a witnessed head of {} is not on its line",
                COUNTRIES[country]
            )
        });
    }
    move_witnesses(world, country, &line);
    world.shared.checks.count("surviving line named");
    world
        .shared
        .tell(|| format!("{} lives on at {}", COUNTRIES[country], head.size));
    let named = generations() - 1;
    let key = log_key(country, named).verifier().clone();
    world.shared.registry.survive(country, head, key);
    let mut is_first = true;
    for node in world.nodes.iter_mut().filter(|it| it.country == country) {
        node.is_gone = !is_first;
        node.is_up = false;
        node.is_liar = false;
        if is_first {
            node.disk.replace(&line.leaves);
            node.version = world.shared.registry.newest();
            node.disk.named_key = Some((head.size + 1, named));
            world.shared.checks.restored(node.id);
            world.shared.after(10, Event::Restart { node: node.id });
        }
        is_first = false;
    }
}

/// The key that a country signs with next, if there is one left.
pub(crate) fn next_key(country: usize, generation: usize) -> Option<String> {
    (generation + 1 < generations()).then(|| log_key(country, generation).verifier().to_string())
}
