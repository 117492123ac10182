//! Projects: the public page, versions of forms and their differences, comments, look-alikes.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::document::caller as caller_if_any;
use super::view;
use super::write::done;
use crate::app::{Caller, CommentWish, Duplicate, Duplicates, FormDiff, FormVersion, ProjectFile};
use crate::http::Served;
use crate::http::dto::{
    CommentView, DuplicateView, DuplicatesView, EditComment, FieldChangeView, FormDiffView,
    FormVersionView, HiddenDuplicatesView, NewCommentBody, OverlapView, OwnerView, Page,
    ProjectView, Trial, WordingView,
};
use crate::http::extract::{Body, OptionalKey, Parameters, PathValue, PathValues, WriteMode};
use crate::http::openapi::{
    BigNumberPaging, CaseNumber, CommentNumber, CommentThread, ComparedVersions, DryRun, NotListed,
    OptionalIdempotencyKey, ProjectNumber, Tried,
};
use crate::http::problem::ApiError;
use crate::people::{Comment, CommentText};
use crate::radar::Overlap;

/// A project: its owners, its crediting periods, what became of its units, and what was handed in about it.
///
/// What the ledger says is for everybody. The description is for everybody once the process has published the project, and
/// before that for those who may look into its case.
#[utoipa::path(
    get,
    path = "/projects/{number}",
    tag = "Registry",
    params(ProjectNumber),
    responses((status = 200, body = ProjectView), NotListed),
    security((), ("session" = []), ("api_key" = []), ("operator" = [])),
)]
pub(super) async fn show(
    State(served): State<Served>,
    PathValue(number): PathValue<u32>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Json<ProjectView>, ApiError> {
    parameters.finish()?;
    let caller = caller_if_any(&served, &headers).await?;
    let found = served.app.project(caller.as_ref(), number).await?;
    Ok(Json(project(found)))
}

fn project(of: ProjectFile) -> ProjectView {
    let owners = of.owners.into_iter();
    ProjectView {
        number: of.project.number,
        title: of.project.title,
        organisation: of.project.organisation,
        scope: of.project.scope,
        standing: of.standing.name().to_owned(),
        case: of.case,
        stage: of.stage,
        published: of.is_published,
        owners: owners
            .map(|(organisation, parts)| OwnerView {
                organisation,
                parts,
            })
            .collect(),
        crediting_periods: of.crediting_periods,
        totals: of.totals,
        description: of.description,
    }
}

/// The forms that were handed in with a case, in order, each a version.
#[utoipa::path(
    get,
    path = "/cases/{number}/versions",
    tag = "Cases",
    params(CaseNumber, BigNumberPaging),
    responses((status = 200, body = Page<FormVersionView>)),
)]
pub(super) async fn versions(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    mut parameters: Parameters,
) -> Result<Json<Page<FormVersionView>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let app = &served.app;
    let found = app
        .form_versions(&caller, case, after.unwrap_or(0), limit)
        .await?;
    Ok(Json(view::page(found.map(version))))
}

fn version(of: FormVersion) -> FormVersionView {
    FormVersionView {
        version: of.version,
        form: of.form,
        step: of.step,
        leaf: of.leaf,
        user: of.user,
        time_ms: of.time_ms,
        erased: of.is_erased,
    }
}

/// What changed between two versions of a form, field by field.
///
/// Items of a list are compared by what names them, wherever they stand in it.
#[utoipa::path(
    get,
    path = "/cases/{number}/diff",
    tag = "Cases",
    params(CaseNumber, ComparedVersions),
    responses((status = 200, body = FormDiffView)),
)]
pub(super) async fn diff(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    mut parameters: Parameters,
) -> Result<Json<FormDiffView>, ApiError> {
    let (from, to) = (parameters.get("from")?, parameters.get("to")?);
    let language = parameters
        .text("language")
        .unwrap_or_else(|| "en".to_owned());
    parameters.finish()?;
    let app = &served.app;
    let FormDiff {
        form,
        from,
        to,
        changes,
    } = app.form_diff(&caller, case, from, to, &language).await?;
    let changes = changes.into_iter().map(|it| FieldChangeView {
        pointer: it.pointer,
        old_pointer: it.old_pointer,
        label: it.label,
        old: it.old,
        new: it.new,
    });
    Ok(Json(FormDiffView {
        form,
        from,
        to,
        changes: changes.collect(),
    }))
}

/// The projects that look like the one of a case: by name, by id elsewhere, by land. A warning that decides nothing.
///
/// A project that is not public and not the caller's to see is not named.
#[utoipa::path(
    get,
    path = "/cases/{number}/duplicates",
    tag = "Cases",
    params(CaseNumber),
    responses((status = 200, body = DuplicatesView)),
)]
pub(super) async fn duplicates(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    parameters: Parameters,
) -> Result<Json<DuplicatesView>, ApiError> {
    parameters.finish()?;
    let found = served.app.duplicates(&caller, case).await?;
    Ok(Json(look_alikes(found)))
}

/// The look-alikes of a form that was tried or handed in; `None` when there are none. The act is written by then, so that a
/// radar which fails takes nothing back: the journal says why, and the case shows them later.
pub(super) async fn warned(
    served: &Served,
    caller: &Caller,
    case: u64,
    step: &str,
    form: Option<&serde_json::Value>,
) -> Option<DuplicatesView> {
    let found = served
        .app
        .duplicates_of_form(caller, case, step, form)
        .await;
    let found = match found {
        Ok(found) => look_alikes(found),
        Err(error) => {
            tracing::warn!(case, %error, "the duplicate radar did not answer");
            return None;
        }
    };
    (found != DuplicatesView::default()).then_some(found)
}

fn look_alikes(of: Duplicates) -> DuplicatesView {
    DuplicatesView {
        projects: of.seen.into_iter().map(look_alike).collect(),
        others: of.hidden.map(|it| {
            let (authority, authority_name) = it.authority.unzip();
            HiddenDuplicatesView {
                name: it.name,
                external_id: it.external_id,
                land: it.land,
                authority,
                authority_name,
            }
        }),
    }
}

fn look_alike(of: Duplicate) -> DuplicateView {
    DuplicateView {
        case: of.likeness.case,
        title: of.title,
        project: of.project,
        owners: of.owners,
        stage: of.stage,
        name_percent: of.likeness.name,
        external_ids: of.likeness.external_ids,
        overlap: of.likeness.overlap.map(overlap),
        points: of.likeness.points,
    }
}

fn overlap(of: Overlap) -> OverlapView {
    OverlapView {
        hectares: format!("{}.{:02}", of.hundredths_ha / 100, of.hundredths_ha % 100),
        percent_of_this: of.percent_of_this,
        percent_of_other: of.percent_of_other,
    }
}

/// The comments of a case that the caller may read, oldest first.
#[utoipa::path(
    get,
    path = "/cases/{number}/comments",
    tag = "Cases",
    params(CaseNumber, BigNumberPaging, CommentThread),
    responses((status = 200, body = Page<CommentView>)),
)]
pub(super) async fn comments(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    mut parameters: Parameters,
) -> Result<Json<Page<CommentView>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    let thread = parameters.get("thread")?;
    parameters.finish()?;
    let after = after.unwrap_or(0);
    let found = served
        .app
        .comments(&caller, case, thread, after, limit)
        .await?;
    Ok(Json(view::page(found.map(comment_view))))
}

/// Comments on a case, or answers a comment.
///
/// Comments stay in the node and decide nothing; the ledger knows nothing of them.
#[utoipa::path(
    post,
    path = "/cases/{number}/comments",
    tag = "Cases",
    params(CaseNumber, OptionalIdempotencyKey, DryRun),
    request_body = NewCommentBody,
    responses((status = 201, body = CommentView), Tried),
)]
pub(super) async fn comment(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewCommentBody>,
) -> Result<Response, ApiError> {
    let NewCommentBody {
        text,
        answers,
        circle,
        about,
    } = new;
    let wish = CommentWish {
        case,
        answers,
        circle,
        about,
        text,
    };
    let written = served.app.comment(&caller, request, wish, mode).await?;
    Ok(match written {
        Some(written) => (StatusCode::CREATED, Json(comment_view(written))).into_response(),
        None => Json(Trial::of(Vec::new())).into_response(),
    })
}

/// Gives one of the own comments another wording; those before are kept.
#[utoipa::path(
    put,
    path = "/cases/{number}/comments/{comment}",
    tag = "Cases",
    params(CaseNumber, CommentNumber, DryRun),
    request_body = EditComment,
    responses((status = 200, body = CommentView), Tried),
)]
pub(super) async fn edit_comment(
    caller: Caller,
    State(served): State<Served>,
    PathValues(case, id): PathValues<u64, u64>,
    WriteMode(mode): WriteMode,
    Body(EditComment { text }): Body<EditComment>,
) -> Result<Response, ApiError> {
    let edited = served
        .app
        .edit_comment(&caller, case, id, &text, mode)
        .await?;
    Ok(done(mode, Json(comment_view(edited))))
}

fn comment_view(of: Comment) -> CommentView {
    let mut wordings = of.texts;
    let written_ms = wordings.first().map_or(0, |it| it.written_ms);
    let newest = wordings.pop().and_then(|it| it.text);
    let wording = |CommentText { text, written_ms }| WordingView { text, written_ms };
    CommentView {
        comment: of.id,
        thread: of.thread,
        circle: of.circle,
        about: of.about,
        user: of.user,
        organisation: of.organisation,
        text: newest,
        written_ms,
        earlier: wordings.into_iter().map(wording).collect(),
    }
}
