//! `/api/v1`: what the command line does, as JSON.

mod access;
pub(crate) mod arrival;
mod article6;
mod beneficiary;
mod bridge;
mod bulk;
mod case;
mod courier;
mod dmrv;
mod document;
mod events;
mod evidence;
mod ledger;
mod letter;
mod lists;
mod mail;
mod migration;
mod oauth;
mod open_data;
mod oversight;
mod passkeys;
mod process;
mod project;
mod reconciliation;
mod registry;
pub(crate) mod report;
mod transfers;
mod trusted;
mod users;
mod view;
mod webhook;
mod write;

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use article6::command as article6_command;
pub(crate) use bulk::bulk_of_text;

use super::Served;
use super::{docs, openapi};

/// The routes with their descriptions: both come from the handlers, so that neither can be without the other.
pub(super) fn described() -> OpenApiRouter<Served> {
    OpenApiRouter::with_openapi(openapi::Beginning::openapi())
        .merge(registry_routes())
        .merge(federation_routes())
        .merge(process_routes())
        .merge(people_routes())
        .merge(article6_routes())
        .merge(report_routes())
        .merge(bridge_routes())
}

/// The registry, its units and what moves them.
fn registry_routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(openapi::show))
        .routes(routes!(docs::index))
        .routes(routes!(docs::topic))
        .routes(routes!(ledger::status))
        .routes(routes!(lists::organisations, write::organisation))
        .routes(routes!(process::enrol))
        .routes(routes!(registry::accounts, write::account))
        .routes(routes!(registry::account))
        .routes(routes!(registry::holdings))
        .routes(routes!(registry::statement))
        .routes(routes!(lists::projects, write::project))
        .routes(routes!(project::show))
        .routes(routes!(lists::holdings))
        .routes(routes!(registry::units))
        .routes(routes!(lists::units_history))
        .routes(routes!(write::issue))
        .routes(routes!(write::hold))
        .routes(routes!(write::account_transfer))
        .routes(routes!(lists::retirements, write::retire))
        .routes(routes!(bulk::bulk))
        .routes(routes!(beneficiary::list, beneficiary::add))
        .routes(routes!(beneficiary::show, beneficiary::erase))
        .routes(routes!(beneficiary::erase_claim))
        .routes(routes!(beneficiary::review))
        .routes(routes!(beneficiary::merge))
        .routes(routes!(lists::search))
        .routes(routes!(open_data::show, open_data::make))
        .routes(routes!(oversight::holds, oversight::place_hold))
        .routes(routes!(oversight::lift_hold))
        .routes(routes!(trusted::list, trusted::propose))
        .routes(routes!(trusted::remove))
}

/// Partners, and the log that they read.
fn federation_routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(registry::partners, write::partner))
        .routes(routes!(write::remove_partner))
        .routes(routes!(registry::ping))
        .routes(routes!(evidence::mirrors))
        .routes(routes!(evidence::accusations))
        .routes(routes!(evidence::evidence))
        .routes(routes!(evidence::accuse))
        .routes(routes!(evidence::clear))
        .routes(routes!(reconciliation::list))
        .routes(routes!(reconciliation::compare))
        .routes(routes!(reconciliation::freezes))
        .routes(routes!(reconciliation::end_freeze))
        .routes(routes!(courier::pack))
        .routes(routes!(courier::unpack))
        .routes(routes!(registry::agreements, write::agreement))
        .routes(routes!(write::sign_agreement))
        .routes(routes!(registry::invite))
        .routes(routes!(lists::transfers, write::send))
        .routes(routes!(transfers::show))
        .routes(routes!(write::cancel))
        .routes(routes!(write::rotate))
        .routes(routes!(events::events))
        .routes(routes!(events::stream))
        .routes(routes!(ledger::head))
        .routes(routes!(ledger::records))
        .routes(routes!(ledger::proof))
        .routes(routes!(ledger::credential))
        .routes(routes!(letter::certificate))
}

/// The process and what moves through it.
fn process_routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(process::list, process::adopt))
        .routes(routes!(process::file))
        .routes(routes!(lists::cases, case::open))
        .routes(routes!(process::case))
        .routes(routes!(lists::case_acts, case::act))
        .routes(routes!(case::file))
        .routes(routes!(project::versions))
        .routes(routes!(project::diff))
        .routes(routes!(project::duplicates))
        .routes(routes!(project::comments, project::comment))
        .routes(routes!(project::edit_comment))
        .routes(routes!(case::draft, case::save_draft, case::drop_draft))
        .routes(routes!(document::list, document::add))
        .routes(routes!(document::read))
        .routes(routes!(document::widen))
        .routes(routes!(migration::findings, oversight::open_finding))
        .routes(routes!(migration::propose))
        .routes(routes!(migration::list))
        .routes(routes!(migration::decide))
        .routes(routes!(oversight::answer_finding))
        .routes(routes!(oversight::close_finding))
        .routes(routes!(case::inbox))
        .routes(routes!(letter::list))
        .routes(routes!(letter::preview))
        .routes(routes!(letter::check))
        .routes(routes!(letter::issued))
        .routes(routes!(letter::file))
        .routes(routes!(mail::status))
        .routes(routes!(mail::retry))
}

/// Article 6: what is recorded of it.
fn article6_routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(article6::approaches, article6::add_approach))
        .routes(routes!(article6::approach))
        .routes(routes!(article6::approach_versions))
        .routes(routes!(article6::add_initial_report))
        .routes(routes!(article6::entities, article6::add_entity))
        .routes(routes!(article6::ndc::ndcs, article6::ndc::add_ndc))
        .routes(routes!(article6::ndc::ndc))
        .routes(routes!(article6::ndc::ndc_versions))
        .routes(routes!(article6::ndc::levels, article6::ndc::add_levels))
        .routes(routes!(
            article6::authorisation::authorisations,
            article6::authorisation::add_authorisation
        ))
        .routes(routes!(article6::authorisation::show_authorisation))
        .routes(routes!(article6::authorisation::authorisation_versions))
        .routes(routes!(article6::authorisation::revoke_authorisation))
        .routes(routes!(article6::authorisation::authorise_units))
        .routes(routes!(
            article6::authorisation::use_notices,
            article6::authorisation::notice_use
        ))
}

/// Article 6: what is reported of it.
fn report_routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(report::aef))
        .routes(routes!(report::check))
        .routes(routes!(report::changes))
        .routes(routes!(report::submissions, report::freeze))
        .routes(routes!(report::import))
        .routes(routes!(report::submission))
        .routes(routes!(report::cross_check))
        .routes(routes!(report::notifications::notifications))
        .routes(routes!(report::units::summary))
        .routes(routes!(report::units::regular_information))
        .routes(routes!(report::units::initial_information))
        .routes(routes!(report::units::positions))
        .routes(routes!(report::units::actions))
        .routes(routes!(report::units::holdings))
}

/// The systems around the registry.
fn bridge_routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(bridge::list))
        .routes(routes!(bridge::status))
        .routes(routes!(bridge::plan))
        .routes(routes!(bridge::sync))
        .routes(routes!(bridge::diff))
        .routes(routes!(bridge::replay))
        .routes(routes!(arrival::list))
        .routes(routes!(arrival::open))
        .routes(routes!(dmrv::sources, dmrv::add_source))
        .routes(routes!(dmrv::revoke_source))
        .routes(routes!(dmrv::blueprints, dmrv::add_blueprint))
        .routes(routes!(dmrv::blueprint_schema))
        .routes(routes!(dmrv::points))
        .routes(routes!(dmrv::points_file))
        .routes(routes!(dmrv::point_schema))
        .routes(routes!(dmrv::batches, dmrv::seal))
        .routes(routes!(dmrv::show))
        .routes(routes!(dmrv::batch_points))
        .routes(routes!(dmrv::proof))
        .routes(routes!(bridge::of_project))
        .routes(routes!(bridge::of_units))
        .routes(routes!(webhook::keys))
        .routes(routes!(webhook::list, webhook::add))
        .routes(routes!(webhook::show, webhook::remove))
        .routes(routes!(webhook::ping))
        .routes(routes!(webhook::pause))
        .routes(routes!(webhook::resume))
        .routes(routes!(webhook::replay))
        .routes(routes!(webhook::deliveries))
}

/// Sign-in, the own account, users.
fn people_routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(access::sign_in))
        .routes(routes!(oauth::token))
        .routes(routes!(access::complete))
        .routes(routes!(passkeys::begin_sign_in))
        .routes(routes!(passkeys::finish_sign_in))
        .routes(routes!(access::sign_out))
        .routes(routes!(access::accept))
        .routes(routes!(access::request_reset))
        .routes(routes!(access::reset))
        .routes(routes!(access::me))
        .routes(routes!(access::sessions))
        .routes(routes!(access::end_session))
        .routes(routes!(mail::notifications, mail::set_notifications))
        .routes(routes!(users::set_profile))
        .routes(routes!(access::change_password))
        .routes(routes!(access::begin_authenticator))
        .routes(routes!(access::confirm_authenticator))
        .routes(routes!(passkeys::list, passkeys::begin))
        .routes(routes!(passkeys::finish))
        .routes(routes!(passkeys::rename, passkeys::remove))
        .routes(routes!(passkeys::draw_recovery_codes))
        .routes(routes!(access::api_keys, access::create_api_key))
        .routes(routes!(access::revoke_api_key))
        .routes(routes!(users::invite))
        .routes(routes!(users::list))
        .routes(routes!(users::show))
        .routes(routes!(users::role))
        .routes(routes!(users::invite_again))
        .routes(routes!(trusted::proposals))
        .routes(routes!(trusted::decide))
        .routes(routes!(trusted::file))
        .routes(routes!(users::suspend))
        .routes(routes!(users::reactivate))
        .routes(routes!(users::end_sessions))
        .routes(routes!(users::reset_factors))
        .routes(routes!(users::erase))
        .routes(routes!(users::audit))
        .routes(routes!(users::register))
}
