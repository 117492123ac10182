//! An organisation registers itself: its name and kind, and the person who speaks for it and gets the mail.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::record::{Name, Word};

use super::fault::{self, Fault};
use super::gate::{Coming, FromHere};
use super::posted::{Posted, drawn};
use crate::app::{AppError, Mode, RegistrationWish};
use crate::http::problem::ApiError;
use crate::people::{Email, Profile};
use crate::web::language::Language;
use crate::web::list::{Choice, choices};
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// What somebody typed.
#[derive(Default)]
struct Typed {
    organisation: String,
    kind: String,
    name: String,
    email: String,
    phone: String,
    language: String,
    /// The number of the wish: the same form twice is one registration.
    request: String,
}

#[derive(Template)]
#[template(path = "web/work/register.html")]
struct RegisterPage {
    page: Page,
    faults: Vec<Fault>,
    typed: Typed,
    kinds: Vec<Choice>,
    languages: Vec<Choice>,
    is_sent: bool,
}

impl Typed {
    fn of(posted: &Posted) -> Self {
        Self {
            organisation: posted.shown("organisation"),
            kind: posted.shown("kind"),
            name: posted.shown("name"),
            email: posted.shown("email"),
            phone: posted.shown("phone"),
            language: posted.shown("language"),
            request: posted.shown("request"),
        }
    }

    /// The wish, or everything that is wrong with it.
    fn wish(&self, page: &Page) -> Result<RegistrationWish, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut wrong = |field: &str, why: &dyn std::fmt::Display| {
            faults.push(Fault::at(field, page.t("fault-input")).with(why.to_string()));
        };
        let name = self.organisation.parse::<Name>();
        let name = name.map_err(|why| wrong("organisation", &why)).ok();
        let kind = self.kind.parse::<Word>();
        let kind = kind.map_err(|why| wrong("kind", &why)).ok();
        let email = self.email.parse::<Email>();
        let email = email.map_err(|why| wrong("email", &why)).ok();
        let phone = Some(self.phone.as_str()).filter(|it| !it.is_empty());
        let profile = Profile::new(&self.name, phone, &self.language);
        let profile = profile.map_err(|why| wrong(place_of(&why), &why)).ok();
        match (name, kind, email, profile) {
            (Some(name), Some(organisation_type), Some(email), Some(profile)) => {
                Ok(RegistrationWish {
                    name,
                    organisation_type,
                    email,
                    profile,
                })
            }
            _ => Err(faults),
        }
    }
}

/// The field that an error of the store of people is about.
fn place_of(error: &crate::people::PeopleError) -> &'static str {
    match error {
        crate::people::PeopleError::Input { field, .. } => field,
        _ => "name",
    }
}

fn page_of(site: &Shared, page: Page, typed: Typed, faults: Vec<Fault>) -> RegisterPage {
    let language = page.language.code();
    let kinds = site.app.types_that_register(language);
    let languages = Language::ALL.map(|it| (it.code().to_owned(), it.own_name().to_owned()));
    RegisterPage {
        kinds: choices(kinds, Some(&typed.kind)),
        languages: choices(languages, Some(&typed.language)),
        page: page.about(
            "sign-in",
            "POST /registrations",
            "countersign api POST /registrations",
        ),
        faults,
        typed,
        is_sent: false,
    }
}

pub(super) async fn ask(State(site): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let typed = Typed {
        language: page.language.code().to_owned(),
        request: drawn()?.to_string(),
        ..Typed::default()
    };
    let shown = page_of(&site, page, typed, Vec::new());
    answer::html(&shown.page, &shown)
}

pub(super) async fn register(
    State(site): State<Shared>,
    Coming(visit): Coming,
    page: Page,
    FromHere(posted): FromHere,
) -> Result<Response, ApiError> {
    let typed = Typed::of(&posted);
    let request = posted.request()?;
    let wish = match typed.wish(&page) {
        Ok(wish) => wish,
        Err(faults) => {
            let shown = page_of(&site, page, typed, faults);
            return answer::with_status(StatusCode::UNPROCESSABLE_ENTITY, &shown.page, &shown);
        }
    };
    let made = site
        .app
        .register_organisation(request, wish, &visit, Mode::Write)
        .await;
    match made {
        Ok(_) => {
            let shown = RegisterPage {
                is_sent: true,
                ..page_of(&site, page, typed, Vec::new())
            };
            answer::html(&shown.page, &shown)
        }
        Err(error) => {
            let status = fault::status(&error);
            let link = matches!(&error, AppError::BadInput { .. }).then(|| "#kind".to_owned());
            let mut said = fault::of(&page, error)?;
            said.link = said.link.or(link);
            let shown = page_of(&site, page, typed, vec![said]);
            answer::with_status(status, &shown.page, &shown)
        }
    }
}
