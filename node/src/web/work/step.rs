//! A step of a case that somebody is about to take: what there is to fill in, to attach and to choose.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::workflow::{Effect, Flow, Form, FormError, Kind, Step, Waiting};
use serde_json::{Map, Value};

use super::fault::Fault;
use super::form::{self, Drawing, Item};
use super::gate::Signed;
use super::issue::IssueView;
use super::posted::drawn;
use super::reserve::{ReserveView, way};
use super::typed::Typed;
use crate::app::{AppError, Caller, Duplicates, Field, ListedCase, Mode, NextStep};
use crate::http::problem::{ApiError, Kind as ProblemKind};
use crate::web::entries::Line;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// A step with everything that its pages need.
pub(super) struct Ready {
    pub(super) case: ListedCase,
    pub(super) next: NextStep,
    /// The form as it is being written.
    pub(super) draft: Value,
    pub(super) version: u64,
    /// Whether the caller kept it a moment ago.
    is_fresh_own: bool,
}

/// How long what somebody typed may be on its way while the page keeps it by itself, in milliseconds.
const ON_ITS_WAY_MS: u64 = 15_000;

impl Ready {
    /// Looks a step up that the caller may take now, or could if nothing hindered it.
    pub(super) async fn of(
        site: &Shared,
        caller: &Caller,
        number: u64,
        step: &str,
    ) -> Result<Self, ApiError> {
        let file = site.app.case_file(caller, number).await?;
        let case = site.app.case(number)?;
        let next = file.next.into_iter().find(|it| it.step == step);
        let unknown = || {
            let detail = format!("case {number} does not wait for the step {step}, or not for you");
            ApiError::new(ProblemKind::NotFound, detail)
        };
        let next = next.ok_or_else(unknown)?;
        let mut ready = Self {
            case,
            next,
            draft: Value::Object(Map::new()),
            version: 0,
            is_fresh_own: false,
        };
        if ready.form().is_some()
            && let Some(kept) = site.app.draft(caller, number, step).await?
        {
            ready.draft = serde_json::from_str(&kept.content)
                .map_err(|_| ApiError::new(ProblemKind::Internal, "the draft is damaged"))?;
            ready.version = kept.version;
            let is_fresh = site.app.now_ms() < kept.changed_ms.saturating_add(ON_ITS_WAY_MS);
            ready.is_fresh_own = is_fresh && kept.user == caller.person()?.principal.user;
        }
        Ok(ready)
    }

    /// Keeps a form over the version that its page was made with; gives the new one. A page that keeps what is being typed
    /// may do so while the form is being sent: what the same user kept a moment ago is no one else's.
    pub(super) async fn keep(
        &self,
        site: &Shared,
        caller: &Caller,
        seen: u64,
        value: &Value,
    ) -> Result<u64, AppError> {
        let over = if self.is_fresh_own {
            self.version
        } else {
            seen
        };
        let step = &self.next.step;
        let app = &site.app;
        app.save_draft(caller, self.number(), step, over, value, Mode::Write)
            .await
    }

    pub(super) fn number(&self) -> u64 {
        self.case.known.number
    }

    pub(super) fn flow(&self) -> Option<&Flow> {
        self.case.process.flow(&self.case.known.case.flow)
    }

    pub(super) fn step(&self) -> Option<&Step> {
        self.flow()?.step(&self.next.step)
    }

    pub(super) fn form(&self) -> Option<&Form> {
        self.case.process.form(self.next.form.as_deref()?)
    }

    pub(super) fn has_effect(&self, effect: Effect) -> bool {
        self.step().is_some_and(|step| step.has_effect(effect))
    }

    /// How many said yes so far, and how many must.
    pub(super) fn waiting(&self) -> Option<&Waiting> {
        let mut all = self.case.waits_for.iter();
        all.find(|it| it.step == self.next.step)
    }

    /// The path of the step's page.
    pub(super) fn path(&self) -> String {
        format!("/work/cases/{}/steps/{}", self.number(), self.next.step)
    }

    /// The path of a part of its form.
    pub(super) fn part_path(&self, at: usize) -> String {
        format!("{}/{}", self.path(), at + 1)
    }

    /// What may be chosen for fields that name an organisation: those that could be given the case.
    pub(super) fn offers(&self, site: &Shared) -> BTreeMap<String, Vec<(String, String)>> {
        let mut offers = BTreeMap::new();
        let (Some(step), Some(form)) = (self.step(), self.form()) else {
            return offers;
        };
        let assigning = step
            .effects
            .iter()
            .filter(|it| it.effect == Effect::AssignCertifier);
        for field in assigning.filter_map(|it| it.field.as_deref()) {
            let Some((of, name)) = field.split_once('.') else {
                continue;
            };
            if of == form.id && !name.contains('.') {
                let named = super::own::certifiers(site, self.flow());
                offers.insert(super::say::pointed("", name), named);
            }
        }
        offers
    }
}

/// A part of a form in the list of what is to be done.
struct Part {
    title: String,
    link: String,
    /// `done`, `todo`, `wrong` or `open`.
    state: &'static str,
}

/// A kind of document that the step wants, and what is there of it.
struct Wanted {
    kind: String,
    label: String,
    papers: Vec<Paper>,
}

struct Paper {
    /// Kind and hash, as the form sends them.
    value: String,
    name: String,
    uploaded: String,
    is_chosen: bool,
}

/// What a step would do.
pub(super) struct Preview {
    pub(super) lines: Vec<Line>,
    /// Letters that it would issue: how the button names one, and its title.
    pub(super) letters: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "web/work/step.html")]
struct StepPage {
    page: Page,
    faults: Vec<Fault>,
    number: u64,
    title: String,
    label: String,
    flow: String,
    path: String,
    draft_path: String,
    hindrance: Option<String>,
    parts: Vec<Part>,
    items: Vec<Item>,
    has_land: bool,
    version: u64,
    wanted: Vec<Wanted>,
    typed: Typed,
    wants_comment: bool,
    may_refuse: bool,
    votes: Option<(u64, u64)>,
    reserve: Option<ReserveView>,
    issue: Option<IssueView>,
    request: String,
    preview: Option<Preview>,
    duplicates: Duplicates,
}

/// What is shown of a step beside what it is.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) faults: Vec<Fault>,
    /// What is wrong with single values of the form.
    pub(super) errors: Vec<FormError>,
    pub(super) grown: Option<String>,
    pub(super) preview: Option<Preview>,
    pub(super) duplicates: Duplicates,
}

/// The page of a step, as somebody has filled it in so far.
pub(super) async fn page(
    site: &Shared,
    signed: Signed,
    ready: Ready,
    typed: Typed,
    shown: Shown,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let language = signed.page.language.code();
    let number = ready.number();
    let wanted = wanted(site, &signed, &ready, &typed).await?;
    let own = signed.person()?.principal.organisation;
    let reserve = match ready.flow().and_then(way) {
        Some(way) if ready.has_effect(Effect::Reserve) => {
            Some(ReserveView::new(site, &signed, &ready, way, own, &typed)?)
        }
        _ => None,
    };
    let issue = ready
        .has_effect(Effect::Issue)
        .then(|| IssueView::new(site, &ready, &typed));
    let waiting = ready.waiting().filter(|it| it.votes_needed > 1);
    let votes = waiting.map(|it| (count(it.votes), count(it.votes_needed)));
    let (parts, items) = parts(site, &signed, &ready, &typed, &shown)?;
    let flow = ready.flow();
    let path = signed.page.to(&ready.path());
    let shown = StepPage {
        faults: shown.faults,
        number,
        title: ready.case.known.title.to_string(),
        label: ready
            .step()
            .map_or_else(String::new, |it| it.label.get(language).to_owned()),
        flow: flow.map_or_else(String::new, |it| it.label.get(language).to_owned()),
        draft_path: signed.page.to(&format!(
            "/work/cases/{number}/drafts/{}/0",
            ready.next.step
        )),
        path,
        hindrance: ready.next.hindrance.clone(),
        has_land: items.iter().any(|it| it.how == "land"),
        parts,
        items,
        version: ready.version,
        wanted,
        wants_comment: ready.next.comment,
        may_refuse: ready.next.may_refuse,
        votes,
        reserve,
        issue,
        request: match &typed.request {
            Some(request) => request.clone(),
            None => drawn()?.to_string(),
        },
        typed,
        preview: shown.preview,
        duplicates: shown.duplicates,
        page: signed.page.about(
            "work",
            &format!("POST /cases/{number}/acts"),
            &format!("countersign case act {number} {}", ready.next.step),
        ),
    };
    answer::with_status(status, &shown.page, &shown)
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The form of a step: the parts of a long one, or the fields of a short one.
fn parts(
    site: &Shared,
    signed: &Signed,
    ready: &Ready,
    typed: &Typed,
    shown: &Shown,
) -> Result<(Vec<Part>, Vec<Item>), ApiError> {
    let Some(form) = ready.form() else {
        return Ok((Vec::new(), Vec::new()));
    };
    let value = typed.form.as_ref().unwrap_or(&ready.draft);
    let sections = form::sections(&signed.page, form);
    if let [only] = sections.as_slice() {
        let drawing = Drawing {
            page: &signed.page,
            faults: &shown.errors,
            grown: shown.grown.as_deref(),
            offers: &ready.offers(site),
        };
        return Ok((Vec::new(), drawing.fields(&only.fields, value)));
    }
    let errors = site
        .app
        .check_draft(&signed.caller, ready.number(), &ready.next.step, value)?;
    let part = |(at, section): (usize, form::Section<'_>)| {
        let mut names = section.fields.iter();
        let within = |error: &&FormError| {
            section
                .fields
                .iter()
                .any(|it| is_within(&error.pointer, &it.name))
        };
        let wrong: Vec<&FormError> = errors.iter().filter(within).collect();
        let state = if wrong.iter().any(|it| !it.is_missing) {
            "wrong"
        } else if !wrong.is_empty() {
            "todo"
        } else if names.any(|it| value.get(&it.name).is_some()) {
            "done"
        } else {
            "open"
        };
        Part {
            link: signed.page.to(&ready.part_path(at)),
            title: section.title,
            state,
        }
    };
    Ok((
        sections.into_iter().enumerate().map(part).collect(),
        Vec::new(),
    ))
}

/// Whether a pointer leads to a field or into it.
pub(super) fn is_within(pointer: &str, name: &str) -> bool {
    let place = super::say::pointed("", name);
    pointer
        .strip_prefix(place.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The documents that the step wants. Those of the own organisation that no act carries yet are chosen from the start.
async fn wanted(
    site: &Shared,
    signed: &Signed,
    ready: &Ready,
    typed: &Typed,
) -> Result<Vec<Wanted>, ApiError> {
    if ready.next.documents.is_empty() {
        return Ok(Vec::new());
    }
    let own = signed.person()?.principal.organisation;
    let all = site
        .app
        .documents_of(Some(&signed.caller), ready.number())
        .await?;
    let replaced: Vec<_> = all.iter().filter_map(|it| it.replaces).collect();
    let language = signed.page.language.code();
    let wanted = ready.next.documents.iter().map(|kind| {
        let named = ready
            .case
            .process
            .documents
            .iter()
            .find(|it| &it.id == kind);
        let of_kind = all.iter().filter(|it| {
            it.kind.as_str() == kind
                && it.owner == own
                && it.erased_ms.is_none()
                && !replaced.contains(&it.id)
        });
        let papers = of_kind.map(|it| {
            let value = format!("{kind}:{}", hex::encode(it.sha256));
            Paper {
                is_chosen: match &typed.documents {
                    Some(chosen) => chosen.contains(&value),
                    None => it.leaf.is_none(),
                },
                value,
                name: it
                    .file_name
                    .as_ref()
                    .map_or_else(|| it.id.to_string(), |name| name.as_str().to_owned()),
                uploaded: signed.page.moment(it.uploaded_ms),
            }
        });
        Wanted {
            kind: kind.clone(),
            label: named.map_or_else(|| kind.clone(), |it| it.label.get(language).to_owned()),
            papers: papers.collect(),
        }
    });
    Ok(wanted.collect())
}

/// Where on the step's pages something is mended that an error names by a pointer into the API's body.
pub(super) fn link(page: &Page, ready: &Ready, pointer: &str) -> String {
    let Some(form) = ready.form() else {
        return "#main".to_owned();
    };
    let sections = form::sections(page, form);
    let at = sections
        .iter()
        .position(|section| section.fields.iter().any(|it| is_within(pointer, &it.name)));
    match at {
        Some(at) if sections.len() > 1 => {
            format!("{}#{}", page.to(&ready.part_path(at)), form::id(pointer))
        }
        Some(_) => format!("#{}", form::id(pointer)),
        None => "#main".to_owned(),
    }
}

/// What stands against a step, each with the way to where it is mended.
pub(super) fn faults(
    page: &Page,
    ready: &Ready,
    typed: &Typed,
    error: AppError,
) -> Result<Shown, ApiError> {
    match error {
        AppError::Form { errors, .. } => {
            let mut shown = Shown::default();
            if let Some(form) = ready.form() {
                let value = typed.form.as_ref().unwrap_or(&ready.draft);
                shown.faults = form::faults(page, form, value, &errors, |it| link(page, ready, it));
            }
            shown.errors = errors;
            Ok(shown)
        }
        AppError::BadInput {
            field: Field::Body(pointer),
            why,
        } => {
            let link = match pointer.strip_prefix("/form") {
                Some(within) => self::link(page, ready, within),
                None => format!("#{}", place(&pointer)),
            };
            let fault = Fault {
                link: Some(link),
                ..Fault::whole(page.t("fault-input")).with(why)
            };
            Ok(Shown {
                faults: vec![fault],
                ..Shown::default()
            })
        }
        other => Ok(Shown {
            faults: vec![super::fault::of(page, other)?],
            ..Shown::default()
        }),
    }
}

/// The field of a step's page for a member of the API's body.
fn place(pointer: &str) -> &'static str {
    match pointer.split('/').nth(1) {
        Some("comment") => "comment",
        Some("documents") => "documents",
        Some("reserve") => "reserve",
        Some("issue") => "issue",
        _ => "main",
    }
}

/// Whether a form has a list of texts of this name, such as the ranges that a request is about.
pub(super) fn has_texts(form: Option<&Form>, name: &str) -> bool {
    let field = form.and_then(|form| form.schema.field(name));
    field.is_some_and(|field| {
        matches!(&field.node.kind, Kind::Array { items, .. } if matches!(items.kind, Kind::Text { .. }))
    })
}

/// Whether a form has a text of this name.
pub(super) fn has_text(form: Option<&Form>, name: &str) -> bool {
    let field = form.and_then(|form| form.schema.field(name));
    field.is_some_and(|field| matches!(field.node.kind, Kind::Text { .. }))
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn a_pointer_lies_in_a_field_or_beside_it() {
        assert!(is_within("/start", "start") && is_within("/locations/0/place", "locations"));
        assert!(!is_within("/started", "start") && !is_within("", "start"));
    }
}
