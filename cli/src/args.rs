//! The command line.

use clap::{Parser, Subcommand};

use crate::commands::{
    account, aef, agreement, api, article6, beneficiary, bridge, bulk, case, conformance, courier,
    dmrv, docs, document, events, evidence, federation, finding, hold, import, init, issue, key,
    ledger, letter, mail, monitoring, open_data, organisation, peer, people, project, projection,
    reconcile, recover, retire, sandbox, serve, transfer, verify, webhook, witness, workflow,
};
use crate::exit::EXIT_CODES;
use crate::session::Session;

/// Serves a national carbon registry node, operates it, and verifies anything offline.
///
/// Data goes to stdout, everything else to stderr. NO_COLOR is honoured. Secrets are never arguments.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, after_help = EXIT_CODES)]
#[command(
    subcommand_required = true,
    arg_required_else_help = true,
    infer_subcommands = false
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) session: Session,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a data folder: configuration, keys, the ledger's first record, an API token
    Init(Box<init::InitArgs>),
    /// Run the node of a data folder
    Serve(serve::ServeArgs),
    /// Look at the clock of a running sandbox (see serve --sandbox), and move it
    #[command(subcommand)]
    Sandbox(sandbox::SandboxCommand),
    /// Run a witness: cosigns the checkpoints of the logs that it knows
    Witness(witness::WitnessArgs),
    /// Show the node: head, witnesses, peers, open transfers
    Status,
    /// Show, rotate or export keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Invite, add, list, reach or remove partner countries
    #[command(subcommand)]
    Peer(peer::PeerCommand),
    /// Pack for a partner, and unpack, what can not go over the network
    #[command(subcommand)]
    Courier(courier::CourierCommand),
    /// Check, make and hand in evidence against ledgers that contradict themselves; see how partners are mirrored
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    /// Examine another node, whoever wrote it, by numbered checks, before units flow to it
    Conformance(conformance::ConformanceArgs),
    /// See where this ledger and partners' disagree about units; compare now
    Reconcile(reconcile::ReconcileArgs),
    /// See and end partners' orders that units stay where they are
    #[command(subcommand)]
    Freeze(reconcile::FreezeCommand),
    /// Have this node's ledger back from the partners that mirror it, after a loss or from an old backup
    Recover(recover::RecoverArgs),
    /// Draft, sign, record or list bilateral agreements
    #[command(subcommand)]
    Agreement(agreement::AgreementCommand),
    /// Keep the federation's trust registry offline: keys, proposals, signatures, publication
    #[command(subcommand)]
    Federation(federation::FederationCommand),
    /// Sign in as a user and keep the session for later commands
    SignIn(people::SignInArgs),
    /// Invite and manage users
    #[command(subcommand)]
    User(people::UserCommand),
    /// Bring organisations and people from another system
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Send any request to the API
    Api(api::ApiArgs),
    /// Enrol, register, admit or list organisations
    #[command(subcommand, visible_alias = "org")]
    Organisation(organisation::OrganisationCommand),
    /// Open, list or look into accounts
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Open, move and look into the cases of the country's process
    #[command(subcommand)]
    Case(case::CaseCommand),
    /// Add, list, open and save the documents of cases
    #[command(subcommand)]
    Document(document::DocumentCommand),
    /// Open, answer, close and list a certifier's findings
    #[command(subcommand)]
    Finding(finding::FindingCommand),
    /// Submit or list projects
    #[command(subcommand)]
    Project(project::ProjectCommand),
    /// Submit or list monitoring periods
    #[command(subcommand)]
    Monitoring(monitoring::MonitoringCommand),
    /// Issue units of a project
    Issue(issue::IssueArgs),
    /// Place, lift and list holds
    Hold(hold::HoldArgs),
    /// Send units to a partner country, follow or cancel transfers; move units at home
    #[command(subcommand)]
    Transfer(transfer::TransferCommand),
    /// Use or cancel units, for ever
    Retire(retire::RetireArgs),
    /// List, add, review or merge beneficiaries
    #[command(subcommand)]
    Beneficiary(beneficiary::BeneficiaryCommand),
    /// Write or try the rows of a file: transfers, retirements, holds, accounts, cases
    Bulk(bulk::BulkArgs),
    /// Read the event feed: what happened in the registry, in order
    Events(events::EventsArgs),
    /// Read, prove, verify or export the ledger
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Verify proof bundles and exported ledgers offline: no data folder, no network
    Verify(verify::VerifyArgs),
    /// Build, freeze and keep this country's annual reports (AEF); check, compare and convert anybody's files offline
    #[command(subcommand)]
    Aef(aef::AefCommand),
    /// Show the structured summary, positions and actions; hold two ledgers against each other
    #[command(subcommand)]
    Article6(article6::report::Article6Command),
    /// Record and list cooperative approaches under Article 6, and the entities that are authorised under them
    #[command(subcommand)]
    Approach(article6::approach::ApproachCommand),
    /// Record and list the initial reports that cover cooperative approaches
    #[command(subcommand)]
    InitialReport(article6::approach::InitialReportCommand),
    /// Record and list NDCs, and the levels that balances are made of
    #[command(subcommand)]
    Ndc(article6::ndc::NdcCommand),
    /// Record, list and end authorisations, and put units under them
    #[command(subcommand)]
    Authorisation(article6::authorisation::AuthorisationCommand),
    /// Check, show and walk through a country's process offline: no data folder, no network
    #[command(subcommand)]
    Workflow(workflow::WorkflowCommand),
    /// Look after the read model, from which lists and searches are answered
    #[command(subcommand)]
    Projection(projection::ProjectionCommand),
    /// List the open data that the node serves, and make it anew
    #[command(subcommand)]
    OpenData(open_data::OpenDataCommand),
    /// Try the templates of the country's letters offline; list, save and check letters
    #[command(subcommand)]
    Letter(letter::LetterCommand),
    /// Show what mail waits or could not be sent, and try it again
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Watch and drive the bridges to the systems around the registry
    #[command(subcommand)]
    Bridge(bridge::BridgeCommand),
    /// Send signed monitoring data, and seal it for a report
    #[command(subcommand)]
    Dmrv(dmrv::DmrvCommand),
    /// Tell other systems of events: endpoints, what was sent to them, and the key that verifies it
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// Bring a data folder of an earlier release to this one's schema
    Migrate,
    /// Print the completion script of a shell
    Completion(docs::CompletionArgs),
    /// Print the manual page, or write those of every command
    Man(docs::ManArgs),
    /// Print documentation that the program carries
    #[command(subcommand)]
    Docs(docs::DocsCommand),
}
