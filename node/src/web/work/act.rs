//! Taking a step of a case: looking at it, keeping what was typed, trying it, doing it.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use countersign_protocol::record;
use countersign_protocol::registry::OwedLetter;
use countersign_protocol::workflow::Effect;
use serde_json::json;

use super::fault::{self, Fault};
use super::form;
use super::gate::{Retyped, Signed};
use super::posted::Posted;
use super::reserve::{self, way};
use super::step::{self, Preview, Ready, Shown, page};
use super::typed::Typed;
use super::{issue, place};
use crate::app::{ActWish, Mode, Written};
use crate::http::problem::{ApiError, Kind};
use crate::web::entries::Line;
use crate::web::list::Asked;
use crate::web::{Shared, answer};

pub(super) async fn show(
    State(site): State<Shared>,
    Path((number, name)): Path<(String, String)>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let number = place::number("case", &number)?;
    let ready = Ready::of(&site, &signed.caller, number, &name).await?;
    let mut typed = Typed::default();
    if let Some(account) = asked.text("account") {
        typed = typed.with("r-account", account.to_owned());
    }
    if let Some(units) = asked.text("units") {
        typed = prefilled(typed, &ready, units);
    }
    let duplicates = site
        .app
        .duplicates_of_form(&signed.caller, number, &name, Some(&ready.draft))
        .await?;
    let shown = Shown {
        duplicates,
        ..Shown::default()
    };
    page(&site, signed, ready, typed, shown, StatusCode::OK).await
}

/// The units that a list led here from, where the form or the page asks for them.
fn prefilled(typed: Typed, ready: &Ready, units: &str) -> Typed {
    let mut typed = typed;
    if step::has_texts(ready.form(), "units") && ready.draft.get("units").is_none() {
        let mut form = ready.draft.clone();
        form["units"] = json!([units]);
        if let Some(receiver) = ready.case.known.case.subject.counterparty
            && form.get("receiver").is_none()
            && ready
                .form()
                .is_some_and(|form| form.schema.field("receiver").is_some())
        {
            form["receiver"] = json!(receiver.0);
        }
        typed.form = Some(form);
    }
    typed.with("r-ranges", units.to_owned())
}

pub(super) async fn take(
    State(site): State<Shared>,
    Path((number, name)): Path<(String, String)>,
    signed: Signed,
    Retyped {
        posted,
        is_of_session,
    }: Retyped,
) -> Result<Response, ApiError> {
    let number = place::number("case", &number)?;
    let ready = Ready::of(&site, &signed.caller, number, &name).await?;
    let typed = Typed::of(&signed.page, &ready, &posted);
    if !is_of_session {
        let faults = vec![Fault::whole(signed.page.t("fault-foreign"))];
        let shown = Shown {
            faults,
            ..Shown::default()
        };
        return page(&site, signed, ready, typed, shown, StatusCode::FORBIDDEN).await;
    }
    let button = posted.button().to_owned();
    if let Some(list) = button.strip_prefix("grow:") {
        let shown = Shown {
            grown: Some(list.to_owned()),
            ..Shown::default()
        };
        return page(&site, signed, ready, typed, shown, StatusCode::OK).await;
    }
    if button == "save" {
        return keep(&site, signed, ready, typed, &posted).await;
    }
    let wish = match wish(&signed, &ready, &typed, &posted) {
        Ok(wish) => wish,
        Err(faults) => {
            let shown = with_form_faults(&site, &signed, &ready, &typed, faults)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return page(&site, signed, ready, typed, shown, status).await;
        }
    };
    if let Some(letter) = button.strip_prefix("letter:") {
        return preview_letter(&site, &signed, wish, letter).await;
    }
    let mode = if button == "take" {
        Mode::Write
    } else {
        Mode::Try
    };
    let request = posted.request()?;
    let form = wish.form.clone();
    match site.app.act(&signed.caller, request, wish, mode).await {
        Ok(written) if written.is_trial => {
            let duplicates = site
                .app
                .duplicates_of_form(&signed.caller, number, &name, form.as_ref())
                .await?;
            let preview = preview(&site, &signed, &ready, &written)?;
            let shown = Shown {
                preview: Some(preview),
                duplicates,
                ..Shown::default()
            };
            page(&site, signed, ready, typed, shown, StatusCode::OK).await
        }
        Ok(written) => {
            let leaf = written
                .find(|index, body| matches!(body, record::Body::CaseAct(_)).then_some(index));
            let leaf = leaf.unwrap_or(written.receipt.first_index);
            let path = signed.page.to(&format!("/work/cases/{number}?done={leaf}"));
            Ok(answer::see_other(&path))
        }
        Err(error) => {
            let status = fault::status(&error);
            let shown = step::faults(&signed.page, &ready, &typed, error)?;
            page(&site, signed, ready, typed, shown, status).await
        }
    }
}

/// The step as the use case wants it.
fn wish(
    signed: &Signed,
    ready: &Ready,
    typed: &Typed,
    posted: &Posted,
) -> Result<ActWish, Vec<Fault>> {
    let page = &signed.page;
    let mut faults = Vec::new();
    let documents = typed.attached(page).unwrap_or_else(|fault| {
        faults.push(fault);
        Vec::new()
    });
    let reserve = match ready.flow().and_then(way) {
        Some(way) if ready.has_effect(Effect::Reserve) && !typed.is_no => {
            match reserve::wish(page, ready, way, typed) {
                Ok(wish) => Some(wish),
                Err(more) => {
                    faults.extend(more);
                    None
                }
            }
        }
        _ => None,
    };
    let issue = if ready.has_effect(Effect::Issue) {
        issue::wish(page, ready, typed).unwrap_or_else(|more| {
            faults.extend(more);
            None
        })
    } else {
        None
    };
    if ready.next.may_refuse && posted.given("answer").is_none() {
        faults.push(Fault::at("answer", page.t("fault-answer")));
    }
    let comment = Some(typed.comment.trim().to_owned()).filter(|it| !it.is_empty());
    if comment.is_none() && (ready.next.comment || typed.is_no) {
        faults.push(Fault::at("comment", page.t("fault-comment")));
    }
    let step = ready.next.step.parse();
    match step {
        Ok(step) if faults.is_empty() => Ok(ActWish {
            case: ready.number(),
            step,
            no: typed.is_no,
            form: typed.form.clone().filter(|_| ready.form().is_some()),
            documents,
            comment,
            issue,
            reserve,
        }),
        _ => Err(faults),
    }
}

/// Faults of the page's own fields, with those of the form beside them: all of it is said at once.
fn with_form_faults(
    site: &Shared,
    signed: &Signed,
    ready: &Ready,
    typed: &Typed,
    faults: Vec<Fault>,
) -> Result<Shown, ApiError> {
    let mut shown = Shown {
        faults: Vec::new(),
        ..Shown::default()
    };
    if let (Some(form), Some(value)) = (ready.form(), &typed.form)
        && !typed.is_no
    {
        let errors =
            site.app
                .check_draft(&signed.caller, ready.number(), &ready.next.step, value)?;
        shown.faults = form::faults(&signed.page, form, value, &errors, |it| {
            step::link(&signed.page, ready, it)
        });
        shown.errors = errors;
    }
    shown.faults.extend(faults);
    Ok(shown)
}

/// What a step would write, and which letters it would issue.
fn preview(
    site: &Shared,
    signed: &Signed,
    ready: &Ready,
    written: &Written,
) -> Result<Preview, ApiError> {
    let named = site.app.letters_of_trial(written)?.into_iter();
    let letters = named.map(|it| {
        let letter = ready
            .case
            .process
            .letters
            .iter()
            .find(|known| known.id == it.letter);
        let title = letter.map_or_else(
            || it.letter.clone(),
            |known| known.label.get(&it.language).to_owned(),
        );
        let title = format!("{title} ({})", it.language);
        (format!("letter:{}:{}", it.letter, it.language), title)
    });
    Ok(Preview {
        lines: written
            .records
            .iter()
            .map(|it| Line::of(&signed.page, it))
            .collect(),
        letters: letters.collect(),
    })
}

async fn preview_letter(
    site: &Shared,
    signed: &Signed,
    wish: ActWish,
    named: &str,
) -> Result<Response, ApiError> {
    let unreadable = || ApiError::new(Kind::Malformed, "name the letter and its language");
    let (letter, language) = named.split_once(':').ok_or_else(unreadable)?;
    let wanted = OwedLetter {
        letter: letter.to_owned(),
        language: language.to_owned(),
    };
    let made = site
        .app
        .preview_letter(&signed.caller, wish, wanted)
        .await?;
    let mut response = Response::new(Body::from(made.bytes));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pdf"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The version of the draft that the page was made with.
fn seen(posted: &Posted) -> u64 {
    posted
        .given("version")
        .and_then(|it| it.parse().ok())
        .unwrap_or(0)
}

/// Keeps what was typed, and leads back to the case.
async fn keep(
    site: &Shared,
    signed: Signed,
    ready: Ready,
    typed: Typed,
    posted: &Posted,
) -> Result<Response, ApiError> {
    let number = ready.number();
    let value = typed.form.clone().unwrap_or_else(|| ready.draft.clone());
    let kept = ready.keep(site, &signed.caller, seen(posted), &value).await;
    match kept {
        Ok(_) => Ok(answer::see_other(
            &signed.page.to(&format!("/work/cases/{number}?kept=yes")),
        )),
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&signed.page, error)?];
            let shown = Shown {
                faults,
                ..Shown::default()
            };
            page(site, signed, ready, typed, shown, status).await
        }
    }
}

/// The part of a form that an address names, counted from one.
fn part_of<'a>(
    sections: &'a [form::Section<'a>],
    text: &str,
) -> Result<(usize, &'a form::Section<'a>), ApiError> {
    let at = text.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
    let found = at.and_then(|at| Some((at, sections.get(at)?)));
    found.ok_or_else(|| ApiError::new(Kind::NotFound, "the form has no such part"))
}

pub(super) async fn show_part(
    State(site): State<Shared>,
    Path((number, name, part)): Path<(String, String, String)>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let number = place::number("case", &number)?;
    let ready = Ready::of(&site, &signed.caller, number, &name).await?;
    super::part::page(
        &site,
        signed,
        &ready,
        &part,
        &ready.draft,
        Shown::default(),
        StatusCode::OK,
    )
}

pub(super) async fn keep_part(
    State(site): State<Shared>,
    Path((number, name, part)): Path<(String, String, String)>,
    signed: Signed,
    Retyped {
        posted,
        is_of_session,
    }: Retyped,
) -> Result<Response, ApiError> {
    let number = place::number("case", &number)?;
    let ready = Ready::of(&site, &signed.caller, number, &name).await?;
    let missing = || ApiError::new(Kind::NotFound, "the step has no form");
    let form = ready.form().ok_or_else(missing)?;
    let sections = form::sections(&signed.page, form);
    let (at, section) = part_of(&sections, &part)?;
    let count = sections.len();
    let fields = section.fields.clone();
    let value = form::read(&fields, ready.draft.clone(), &posted);
    let refused = |faults| Shown {
        faults,
        ..Shown::default()
    };
    if !is_of_session {
        let shown = refused(vec![Fault::whole(signed.page.t("fault-foreign"))]);
        return super::part::page(
            &site,
            signed,
            &ready,
            &part,
            &value,
            shown,
            StatusCode::FORBIDDEN,
        );
    }
    let button = posted.button().to_owned();
    if let Some(list) = button.strip_prefix("grow:") {
        let shown = Shown {
            grown: Some(list.to_owned()),
            ..Shown::default()
        };
        return super::part::page(&site, signed, &ready, &part, &value, shown, StatusCode::OK);
    }
    let kept = ready
        .keep(&site, &signed.caller, seen(&posted), &value)
        .await;
    if let Err(error) = kept {
        let status = fault::status(&error);
        let shown = refused(vec![fault::of(&signed.page, error)?]);
        return super::part::page(&site, signed, &ready, &part, &value, shown, status);
    }
    // It is kept whatever is wrong with it; what is wrong is said before the way leads on.
    let errors = site
        .app
        .check_draft(&signed.caller, number, &name, &value)?;
    let here = |error: &countersign_protocol::workflow::FormError| {
        !error.is_missing
            && fields
                .iter()
                .any(|it| step::is_within(&error.pointer, &it.name))
    };
    let errors: Vec<_> = errors.into_iter().filter(here).collect();
    if !errors.is_empty() && button != "later" {
        let faults = form::faults(&signed.page, form, &value, &errors, |it| {
            format!("#{}", form::id(it))
        });
        let shown = Shown {
            faults,
            errors,
            ..Shown::default()
        };
        let ready = Ready::of(&site, &signed.caller, number, &name).await?;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return super::part::page(&site, signed, &ready, &part, &value, shown, status);
    }
    let path = match button.as_str() {
        "next" if at + 1 < count => ready.part_path(at + 1),
        _ => ready.path(),
    };
    Ok(answer::see_other(&signed.page.to(&path)))
}

/// Keeps what is being typed, for a page with a script; answers with the line that says so.
pub(super) async fn autosave(
    State(site): State<Shared>,
    Path((number, name, part)): Path<(String, String, String)>,
    signed: Signed,
    Retyped {
        posted,
        is_of_session,
    }: Retyped,
) -> Result<Response, ApiError> {
    if !is_of_session {
        return Err(super::gate::foreign());
    }
    let number = place::number("case", &number)?;
    let ready = Ready::of(&site, &signed.caller, number, &name).await?;
    let missing = || ApiError::new(Kind::NotFound, "the step has no form");
    let form = ready.form().ok_or_else(missing)?;
    let sections = form::sections(&signed.page, form);
    let (_, section) = part_of(&sections, if part == "0" { "1" } else { &part })?;
    let value = form::read(&section.fields, ready.draft.clone(), &posted);
    let seen = seen(&posted);
    let kept = match value == ready.draft {
        true => Ok(ready.version),
        false => ready.keep(&site, &signed.caller, seen, &value).await,
    };
    super::part::saved(&signed.page, kept, seen)
}
