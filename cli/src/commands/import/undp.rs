//! `import undp`: from two CSV files to organisations that wait and people with invitations.

mod check;
mod registry;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use countersign_bridge::undp::{
    DEFAULT_MAPPING, Employer, FILE_BYTES_MAX, File, Mapping, Plan, RowError, User, read,
};
use countersign_node::http::dto::{InvitationSent, InviteUser};
use countersign_node::ops::files::{self, Privacy};
use countersign_node::people::{Email, Profile};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::workflow::Process;
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use self::check::{fault, faults};
use self::registry::{There, enrol};
use super::super::codes::{self, CodeLine, name_of};
use super::super::{country, read_text};
use crate::client::Client;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View};
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct UndpArgs {
    /// Their organisations.csv
    #[arg(long, value_name = "FILE")]
    organisations: PathBuf,
    /// Their users.csv
    #[arg(long, value_name = "FILE")]
    users: PathBuf,
    /// What their types and roles are here; the program's own table when left out (see import undp-mapping)
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Where the one-time codes go, for the operator to hand out: a new file that only its owner can read. An official who
    /// imports with --as needs none: the invitations go by mail
    #[arg(long, value_name = "FILE")]
    codes: Option<PathBuf>,
    /// The language of the invitations
    #[arg(long, default_value = "en")]
    language: String,
    /// Look at every row and say what would be done
    #[arg(long)]
    dry_run: bool,
}

/// What was done, or would be.
#[derive(Serialize)]
struct Report {
    dry_run: bool,
    organisations: Vec<Enrolled>,
    users_invited: usize,
    users_there: usize,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Enrolled {
    line: u64,
    name: String,
    organisation_type: String,
    /// Its number; none yet in a dry run.
    organisation: Option<OrganisationId>,
    users: usize,
    was_there: bool,
}

impl UndpArgs {
    pub(super) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        let by_operator = session.name()?.is_none();
        if by_operator && self.codes.is_none() && !self.dry_run {
            return Err(Failure::usage("where do the one-time codes go?").hint(
                "add --codes FILE, or import as an official with --as: then they go by mail",
            ));
        }
        if let Some(path) = self
            .codes
            .as_ref()
            .filter(|path| path.symlink_metadata().is_ok())
        {
            let message = format!(
                "{} is there already: name a new file for the codes",
                path.display()
            );
            return Err(Failure::validation(message));
        }
        let process = country::newest(&client)?;
        let plan = self.plan(&process)?;
        let there = There::read(&client, &process)?;
        self.check_there(&plan, &there)?;
        if self.dry_run {
            terminal::done("every row is right; nothing was written");
            return self.show(session, &plan, &there, None);
        }
        let enrolled = enrol(&client, &plan, &there)?;
        let lines = self.invite(&client, &plan, &there, &enrolled)?;
        if let Some(path) = self.codes.as_ref().filter(|_| by_operator) {
            codes::write(path, &lines)?;
            terminal::done(format_args!(
                "the one-time codes are in {}: give each to its person, then remove the file",
                path.display()
            ));
        }
        self.show(session, &plan, &there, Some(&enrolled))
    }

    /// What the files say, once every row is right for this country's process and for this node.
    fn plan(&self, process: &Process) -> Outcome<Plan> {
        let mapping = match &self.mapping {
            Some(path) => read_text(path)?,
            None => DEFAULT_MAPPING.to_owned(),
        };
        let mapping = Mapping::parse(&mapping).map_err(Failure::validation)?;
        let mut types = process.organisation_types.iter();
        let authority = types.find(|kind| kind.authority);
        let authority = authority.map_or("", |kind| kind.id.as_str());
        let (organisations, users) = (content(&self.organisations)?, content(&self.users)?);
        let organisations_name = self.organisations.display().to_string();
        let users_name = self.users.display().to_string();
        let organisations = File {
            name: &organisations_name,
            bytes: &organisations,
        };
        let users = File {
            name: &users_name,
            bytes: &users,
        };
        let plan = read(organisations, users, &mapping, authority).map_err(faults)?;
        let mut found = Vec::new();
        for it in &plan.organisations {
            check::organisation(it, process, organisations.name, &mut found);
        }
        for it in &plan.users {
            self.check_user(it, (&plan, process, authority), users.name, &mut found);
        }
        if found.is_empty() {
            Ok(plan)
        } else {
            Err(faults(found))
        }
    }

    fn check_user(
        &self,
        user: &User,
        (plan, process, authority): (&Plan, &Process, &str),
        file: &str,
        found: &mut Vec<RowError>,
    ) {
        let mut wrong = |column: &str, value: &str, why: &dyn std::fmt::Display| {
            found.push(fault(file, user.line, column, value, why));
        };
        if let Err(why) = user.email.parse::<Email>() {
            wrong("EMAIL", &user.email, &why);
        }
        if let Err(why) = Profile::new(&user.name, user.phone.as_deref(), &self.language) {
            wrong("NAME", &user.name, &why);
        }
        let kind = match user.of {
            Employer::Authority => authority,
            Employer::Imported(place) => plan
                .organisations
                .get(place)
                .map_or("", |it| it.organisation_type.as_str()),
        };
        if !process.role_exists(&user.role, kind) {
            let why = format!(
                "the process has no role {} in the type {kind}; change the mapping or the row",
                user.role
            );
            wrong("ROLE", &user.role, &why);
        }
    }

    /// What stands in the registry already under the same names.
    fn check_there(&self, plan: &Plan, there: &There) -> Outcome {
        let mut found = Vec::new();
        let (organisations, users) = (self.organisations.display(), self.users.display());
        for it in &plan.organisations {
            let Some(known) = there.organisations.get(&it.name) else {
                continue;
            };
            let kind = known.organisation_type.as_ref().map(|kind| kind.as_str());
            if kind != Some(it.organisation_type.as_str()) {
                let why = format!(
                    "organisation {} of the registry has this name and another type; rename the row, or leave it out",
                    known.id
                );
                found.push(fault(
                    &organisations.to_string(),
                    it.line,
                    "NAME",
                    &it.name,
                    &why,
                ));
            }
        }
        for it in &plan.users {
            let Some(known) = there.users.get(&it.email.to_lowercase()) else {
                continue;
            };
            let of = match it.of {
                Employer::Authority => Some(there.authority),
                Employer::Imported(place) => plan
                    .organisations
                    .get(place)
                    .and_then(|it| there.organisations.get(&it.name))
                    .map(|known| known.id),
            };
            if of != Some(known.organisation) {
                let why = format!(
                    "user {} has this address and belongs to organisation {}; leave the row out",
                    known.user, known.organisation
                );
                found.push(fault(&users.to_string(), it.line, "EMAIL", &it.email, &why));
            }
        }
        if found.is_empty() {
            Ok(())
        } else {
            Err(faults(found))
        }
    }

    /// Invites those who are not there; those who were invited and never joined get a new code.
    fn invite(
        &self,
        client: &Client,
        plan: &Plan,
        there: &There,
        enrolled: &[OrganisationId],
    ) -> Outcome<Vec<CodeLine>> {
        let (mut lines, mut taken) = (Vec::new(), BTreeSet::new());
        for user in &plan.users {
            let organisation = match user.of {
                Employer::Authority => there.authority,
                Employer::Imported(place) => *enrolled
                    .get(place)
                    .ok_or_else(|| Failure::other("a user's organisation was not enrolled"))?,
            };
            let name = name_of(&user.email, &mut taken)?;
            let sent: InvitationSent = match there.users.get(&user.email.to_lowercase()) {
                Some(known) if known.state == "invited" => {
                    client.ask(&format!("users/{}/invitations", known.user), &json!({}))?
                }
                Some(_) => continue,
                None => {
                    let body = InviteUser {
                        email: user.email.clone(),
                        name: user.name.clone(),
                        phone: user.phone.clone(),
                        language: self.language.clone(),
                        organisation,
                        role: user.role.clone(),
                    };
                    client.ask("invitations", &body)?
                }
            };
            if let Some(code) = sent.token {
                lines.push(CodeLine {
                    name,
                    organisation,
                    role: user.role.clone(),
                    email: user.email.clone(),
                    code,
                });
            }
        }
        Ok(lines)
    }

    fn show(
        &self,
        session: &Session,
        plan: &Plan,
        there: &There,
        enrolled: Option<&[OrganisationId]>,
    ) -> Outcome {
        let mut notes = plan.notes.clone();
        if plan.passwords + plan.api_keys > 0 {
            notes.push(format!(
                "{} passwords and {} API keys stand in {} in clear text: none was taken over, and everybody gets a one-time code. Destroy the file, and let nobody use them again elsewhere",
                plan.passwords,
                plan.api_keys,
                self.users.display()
            ));
        }
        let active = |user: &&User| {
            let known = there.users.get(&user.email.to_lowercase());
            known.is_some_and(|known| known.state != "invited")
        };
        let users_there = plan.users.iter().filter(active).count();
        let organisations = plan
            .organisations
            .iter()
            .enumerate()
            .map(|(place, it)| Enrolled {
                line: it.line,
                name: it.name.clone(),
                organisation_type: it.organisation_type.clone(),
                organisation: enrolled
                    .and_then(|all| all.get(place).copied())
                    .or_else(|| there.organisations.get(&it.name).map(|known| known.id)),
                users: plan
                    .users
                    .iter()
                    .filter(|user| user.of == Employer::Imported(place))
                    .count(),
                was_there: there.organisations.contains_key(&it.name),
            });
        let report = Report {
            dry_run: self.dry_run,
            organisations: organisations.collect(),
            users_invited: plan.users.len() - users_there,
            users_there,
            notes,
        };
        for note in &report.notes {
            terminal::warn(note);
        }
        session.out().show(&report, view)
    }
}

/// The bytes of a file, wiped from memory afterwards: there may be passwords in it.
fn content(path: &Path) -> Outcome<Zeroizing<Vec<u8>>> {
    let max = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    Ok(files::read(path, max, Privacy::Public)?)
}

fn view(report: &Report) -> View {
    let organisations = Table::of(
        ["LINE>", "ORGANISATION>", "NAME", "TYPE", "USERS>", "STATE"],
        "no organisations",
        &report.organisations,
        |it| {
            let state = match (it.was_there, report.dry_run) {
                (true, _) => "was there",
                (false, true) => "would be enrolled",
                (false, false) => "enrolled: waits for its registration",
            };
            [
                it.line.to_string(),
                crate::table::or_dash(it.organisation),
                it.name.clone(),
                it.organisation_type.clone(),
                it.users.to_string(),
                state.to_owned(),
            ]
        },
    );
    let invited = if report.dry_run {
        "would be invited"
    } else {
        "invited"
    };
    let users = View::pairs([
        (invited, format!("{} users", report.users_invited)),
        ("joined before", format!("{} users", report.users_there)),
    ]);
    View::Many(vec![organisations, users])
}
