//! Proposals: the next version of one part of the trust registry, from a plain edit, with what it changes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_protocol::id::Text;
use countersign_protocol::log::VerifierKey;
use countersign_protocol::party::RegistryId;
use countersign_protocol::trust::{
    Head, KeyRow, Member, Members, Standing, TargetsMeta, Trust, check_witnesses,
};

use super::desk::{Desk, HowArgs, Part};
use super::found::{FoundArgs, policy_of, witnesses_file};
use super::keyholders::KeyholdersArgs;
use super::now;
use crate::commands::peer;
use crate::commands::read_text;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum ProposeCommand {
    /// Found a federation: its first root, roles and witnesses
    Found(FoundArgs),
    /// Add or remove keyholders, change thresholds or the online key
    Keyholders(KeyholdersArgs),
    /// List a member from its invite, or write an entry again from a file
    Member(MemberArgs),
    /// Begin nothing new with a member; what is open is settled
    Freeze(FreezeArgs),
    /// Take a member back in good standing
    Unfreeze(UnfreezeArgs),
    /// Close a ledger for ever at its last witnessed head
    Close(CloseArgs),
    /// End a member's log key at a size, and name the key that follows it
    Key(KeyArgs),
    /// Propose another set of witnesses and quorum
    Witnesses(WitnessesArgs),
    /// Propose a part again as it is, before it expires
    Renew(RenewArgs),
}

#[derive(Args, Debug)]
pub(crate) struct MemberArgs {
    #[command(flatten)]
    how: HowArgs,
    /// The invite that the country made with `countersign peer invite`
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "entry",
        required_unless_present = "entry"
    )]
    invite: Option<PathBuf>,
    /// The entry of a member, as `countersign federation show` and the folder targets/members have it
    #[arg(long, value_name = "FILE")]
    entry: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct FreezeArgs {
    #[command(flatten)]
    how: HowArgs,
    /// The member, such as GHA01
    member: RegistryId,
    /// Why, in a sentence for everybody
    #[arg(long, value_name = "TEXT")]
    reason: Text<300>,
    /// The head of the line on which its answers count meanwhile, as "SIZE ROOT"
    #[arg(long, value_name = "HEAD")]
    surviving: Option<Head>,
}

#[derive(Args, Debug)]
pub(crate) struct UnfreezeArgs {
    #[command(flatten)]
    how: HowArgs,
    /// The member, such as GHA01
    member: RegistryId,
    /// After two ledgers were shown: the head of the one that lives on, as "SIZE ROOT"
    #[arg(long, value_name = "HEAD")]
    surviving: Option<Head>,
}

#[derive(Args, Debug)]
pub(crate) struct CloseArgs {
    #[command(flatten)]
    how: HowArgs,
    /// The member, such as GHA01
    member: RegistryId,
    /// Why, in a sentence for everybody
    #[arg(long, value_name = "TEXT")]
    reason: Text<300>,
    /// Its last witnessed head, as "SIZE ROOT"
    #[arg(long = "final", value_name = "HEAD")]
    last: Head,
}

#[derive(Args, Debug)]
pub(crate) struct KeyArgs {
    #[command(flatten)]
    how: HowArgs,
    /// The member, such as GHA01
    member: RegistryId,
    /// The largest size that the old key signs: of the checkpoint of the rotation, or the last that the witnesses saw
    #[arg(long, value_name = "SIZE")]
    until: u64,
    /// The key that signs from that size on; without it the ledger stands still until there is one
    #[arg(long, value_name = "VKEY")]
    next: Option<VerifierKey>,
}

#[derive(Args, Debug)]
pub(crate) struct WitnessesArgs {
    #[command(flatten)]
    how: HowArgs,
    /// The witnesses and their quorum, as a C2SP tlog-policy without logs
    policy: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct RenewArgs {
    #[command(flatten)]
    how: HowArgs,
    /// Which part
    #[arg(value_enum)]
    part: Part,
}

impl ProposeCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Found(args) => args.run(session),
            Self::Keyholders(args) => args.run(session),
            Self::Member(args) => args.run(session),
            Self::Freeze(args) => edit(session, &args.how, args.member, |it| {
                let (reason, surviving) = (args.reason.clone(), args.surviving);
                it.standing = Standing::Frozen { reason, surviving };
                Ok(())
            }),
            Self::Unfreeze(args) => edit(session, &args.how, args.member, |it| {
                let surviving = args.surviving;
                it.standing = Standing::Active { surviving };
                Ok(())
            }),
            Self::Close(args) => edit(session, &args.how, args.member, |it| {
                let (reason, head) = (args.reason.clone(), args.last);
                it.standing = Standing::Closed { reason, head };
                Ok(())
            }),
            Self::Key(args) => edit(session, &args.how, args.member, |it| args.change(it)),
            Self::Witnesses(args) => {
                let desk = Desk::open(&args.how)?;
                let witnesses = policy_of(&args.policy)?;
                let published = desk.folder.trust.as_ref().and_then(Trust::to_settle);
                if let Some(view) = published {
                    check_witnesses(view.witnesses(), &witnesses).map_err(Failure::validation)?;
                }
                let (list, files) = witnesses_file(desk.next_common(Part::Witnesses)?, &witnesses);
                desk.propose(session, Part::Witnesses, list.write(), &files)
            }
            Self::Renew(args) => args.run(session),
        }
    }
}

/// Changes one member's entry.
fn edit(
    session: &Session,
    how: &HowArgs,
    registry: RegistryId,
    change: impl FnOnce(&mut Member) -> Outcome,
) -> Outcome {
    let desk = Desk::open(how)?;
    let members = desk.members();
    let found = members.get(registry).cloned();
    let mut member = found.ok_or_else(|| {
        Failure::validation(format_args!("{registry} is no member"))
            .hint("list it first: countersign federation propose member --invite FILE")
    })?;
    change(&mut member)?;
    member.since = now()?;
    desk.propose_members(session, &replaced(&members, member)?)
}

/// The list with one entry in the place of that of its registry.
fn replaced(members: &Members, member: Member) -> Outcome<Members> {
    member
        .check()
        .map_err(|fault| Failure::validation(format_args!("{}: {fault}", member.registry)))?;
    let registry = member.registry;
    let others = members.iter().filter(|it| it.registry != registry);
    let all: Vec<_> = others.cloned().chain([member]).collect();
    Members::new(all).map_err(Failure::validation)
}

impl MemberArgs {
    fn run(self, session: &Session) -> Outcome {
        let desk = Desk::open(&self.how)?;
        let member = match (&self.invite, &self.entry) {
            (_, Some(path)) => Member::parse(read_text(path)?.as_bytes()).map_err(|fault| {
                Failure::validation(format_args!("{}: {fault}", path.display()))
            })?,
            (Some(path), None) => of_invite(&read_text(path)?)?,
            (None, None) => return Err(Failure::usage("name an invite or an entry")),
        };
        desk.propose_members(session, &replaced(&desk.members(), member)?)
    }
}

/// The entry of a country from its invite: its key from size 0 on.
fn of_invite(text: &str) -> Outcome<Member> {
    let invite = peer::parse(text.as_bytes())?;
    terminal::say(format_args!(
        "fingerprint of the invite: {}",
        invite.fingerprint()
    ));
    terminal::say("compare it with what the country reads out to you before anybody signs");
    let fields = invite.fields();
    Ok(Member {
        registry: fields.registry,
        party: fields.party,
        origin: fields.origin.clone(),
        standing: Standing::Active { surviving: None },
        since: now()?,
        log_keys: vec![KeyRow {
            from: 0,
            to: None,
            key: fields.log_key.clone(),
        }],
        cosigner_key: fields.cosigner_key.clone(),
        peers: vec![fields.peer.clone()],
        addresses: fields.addresses.clone(),
        http: fields.http.clone(),
    })
}

impl KeyArgs {
    fn change(&self, member: &mut Member) -> Outcome {
        let last = member.log_keys.last_mut();
        let last = last.ok_or_else(|| Failure::validation("the entry has no log key"))?;
        last.to = Some(self.until);
        if let Some(key) = &self.next {
            member.log_keys.push(KeyRow {
                from: self.until,
                to: None,
                key: key.clone(),
            });
        }
        Ok(())
    }
}

impl RenewArgs {
    fn run(self, session: &Session) -> Outcome {
        let desk = Desk::open(&self.how)?;
        let common = desk.next_common(self.part)?;
        let trust = desk.folder.published()?;
        if self.part == Part::Root {
            let mut root = trust.root().clone();
            root.common = common;
            return desk.propose(session, Part::Root, root.write(), &BTreeMap::new());
        }
        let held = trust.targets_meta(self.part.name());
        let held = held.ok_or_else(|| Failure::validation("this part is not published yet"))?;
        let next = TargetsMeta {
            common,
            ..held.clone()
        };
        desk.propose(session, self.part, next.write(), &BTreeMap::new())
    }
}
