//! Labels and roles of a flow by form fields: what is typed is written into the file of the process in force, where everything else
//! stays as it is, and the file goes on to the editor.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::workflow::{Flow, Label, Process};
use toml_edit::{Array, DocumentMut, Item, TableLike, value};

use super::super::gate::{Sent, Signed};
use super::super::posted::{Posted, drawn};
use super::edit::{Asking, judge};
use super::say;
use super::show::{flow_of, in_force};
use super::walk::Wish;
use crate::http::problem::{ApiError, Kind};
use crate::web::list::Choice;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// A text in one language.
struct Field {
    name: String,
    language: String,
    text: String,
}

/// Something with a label.
struct Labelled {
    what: &'static str,
    id: String,
    fields: Vec<Field>,
}

/// Who may take a step, of one type of organisation.
struct Rule {
    name: String,
    step: String,
    kind: String,
    roles: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "web/work/labels.html")]
struct LabelsPage {
    page: Page,
    title: String,
    back: String,
    path: String,
    request: String,
    labels: Vec<Labelled>,
    rules: Vec<Rule>,
}

fn labelled(process: &Process, what: &'static str, id: &str, label: &Label) -> Labelled {
    let fields = process.languages.iter().map(|language| Field {
        name: format!("{what}|{id}|{language}"),
        language: language.clone(),
        text: own(label, language).to_owned(),
    });
    Labelled {
        what,
        id: id.to_owned(),
        fields: fields.collect(),
    }
}

/// The text in a language itself, where English does not stand in for it.
fn own<'a>(label: &'a Label, language: &str) -> &'a str {
    if label.languages().any(|it| it == language) {
        label.get(language)
    } else {
        ""
    }
}

/// The things of a flow that have labels.
fn labels(process: &Process, flow: &Flow) -> Vec<Labelled> {
    let mut all = vec![labelled(process, "flow", &flow.id, &flow.label)];
    let stages = flow.stages.iter();
    all.extend(stages.map(|it| labelled(process, "stage", &it.id, &it.label)));
    let steps = flow.steps.iter();
    all.extend(steps.map(|it| labelled(process, "step", &it.id, &it.label)));
    all
}

fn rules(page: &Page, process: &Process, flow: &Flow) -> Vec<Rule> {
    let mut all = Vec::new();
    for step in &flow.steps {
        for (at, rule) in step.by.iter().enumerate() {
            let within = process
                .roles
                .iter()
                .filter(|it| it.within.contains(&rule.organisation_type));
            let roles = within.map(|it| Choice {
                value: it.id.clone(),
                label: say::role(page, process, &it.id),
                is_chosen: rule.roles.contains(&it.id),
            });
            all.push(Rule {
                name: format!("{}|{at}", step.id),
                step: step.label.get(page.language.code()).to_owned(),
                kind: say::kind(page, process, &rule.organisation_type),
                roles: roles.collect(),
            });
        }
    }
    all
}

/// The fields of a flow.
pub(in super::super) async fn ask_labels(
    State(site): State<Shared>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let listed = in_force(&site, &signed)?;
    let flow = flow_of(&listed.process, &id)?;
    let page = signed
        .page
        .about("work", "POST /processes", "countersign workflow adopt FILE");
    let path = page.to(&format!("/work/process/flows/{id}"));
    let shown = LabelsPage {
        title: flow.label.get(page.language.code()).to_owned(),
        path: format!("{path}/labels"),
        back: path,
        request: drawn()?.to_string(),
        labels: labels(&listed.process, flow),
        rules: rules(&page, &listed.process, flow),
        page,
    };
    answer::html(&shown.page, &shown)
}

/// What was typed goes on to the editor as a file.
pub(in super::super) async fn send_labels(
    State(site): State<Shared>,
    Path(id): Path<String>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let listed = in_force(&site, &signed)?;
    let flow = flow_of(&listed.process, &id)?;
    let before = site.app.process_file(listed.adopted.version)?;
    let unreadable = || ApiError::new(Kind::Internal, "the file in force can not be changed here");
    let text = edited(&before, flow, &posted).ok_or_else(unreadable)?;
    let asking = Asking {
        request: posted.request()?,
        is_confirmed: false,
        seen: None,
        wish: Wish::of(&id, "", ""),
    };
    judge(&site, signed, text, asking).await
}

/// The file with what was typed; `None` where it is not written as files of processes are.
fn edited(before: &str, flow: &Flow, posted: &Posted) -> Option<String> {
    let mut file: DocumentMut = before.parse().ok()?;
    let flows = file.get_mut("flow")?.as_array_of_tables_mut()?;
    let table = flows
        .iter_mut()
        .find(|it| it.get("id").and_then(Item::as_str) == Some(flow.id.as_str()))?;
    relabel(table, "flow", posted);
    each(table.get_mut("stage")?, &mut |it| {
        relabel(it, "stage", posted);
    });
    each(table.get_mut("step")?, &mut |it| {
        relabel(it, "step", posted);
        let id = it.get("id").and_then(Item::as_str).map(str::to_owned);
        if let (Some(id), Some(by)) = (id, it.get_mut("by")) {
            let mut at = 0;
            each(by, &mut |rule| {
                reassign(rule, &format!("{id}|{at}"), posted);
                at += 1;
            });
        }
    });
    Some(file.to_string())
}

/// Every table of a list, however the list is written.
fn each(list: &mut Item, change: &mut dyn FnMut(&mut dyn TableLike)) {
    if let Some(tables) = list.as_array_of_tables_mut() {
        for table in tables.iter_mut() {
            change(table);
        }
    } else if let Some(array) = list.as_array_mut() {
        for value in array.iter_mut() {
            if let Some(table) = value.as_inline_table_mut() {
                change(table);
            }
        }
    }
}

/// Writes the labels of a thing that were typed otherwise than they are. An empty one is taken out.
fn relabel(thing: &mut dyn TableLike, what: &str, posted: &Posted) {
    let Some(id) = thing.get("id").and_then(Item::as_str).map(str::to_owned) else {
        return;
    };
    let start = format!("{what}|{id}|");
    let named: Vec<String> = posted.names(&start).map(str::to_owned).collect();
    let label = thing.get_mut("label").and_then(Item::as_table_like_mut);
    let Some(label) = label else { return };
    for name in named {
        let language = name.trim_start_matches(&start);
        let typed = posted.shown(&name);
        let before = label
            .get(language)
            .and_then(Item::as_str)
            .unwrap_or_default();
        if typed == before {
            continue;
        }
        if typed.is_empty() {
            label.remove(language);
        } else {
            label.insert(language, value(typed));
        }
    }
}

/// Writes the roles of a rule that was on the page, where they are others than before.
fn reassign(rule: &mut dyn TableLike, name: &str, posted: &Posted) {
    if posted.given(&format!("rule|{name}")).is_none() {
        return;
    }
    let field = format!("roles|{name}");
    let typed: Vec<&str> = posted.all(&field).collect();
    let before = rule.get("roles").and_then(Item::as_array);
    let before: Vec<&str> = before
        .into_iter()
        .flat_map(Array::iter)
        .filter_map(toml_edit::Value::as_str)
        .collect();
    let is_same = before.len() == typed.len() && typed.iter().all(|it| before.contains(it));
    if !is_same {
        let roles: Array = typed.into_iter().collect();
        rule.insert("roles", value(roles));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use countersign_protocol::workflow::{Process, preset};

    use super::edited;
    use crate::web::work::posted::Posted;

    fn posted(pairs: &[(&str, &str)]) -> Posted {
        Posted::of(pairs)
    }

    #[test]
    fn nothing_typed_leaves_every_byte() {
        let text = preset("small").unwrap();
        let process = Process::parse(text).unwrap();
        let flow = process.flow("project").unwrap();
        assert_eq!(edited(text, flow, &posted(&[])).unwrap(), text);
        let same = [(
            "step|submit|en",
            flow.step("submit").unwrap().label.get("en"),
        )];
        assert_eq!(edited(text, flow, &posted(&same)).unwrap(), text);
    }

    #[test]
    fn a_label_and_the_roles_of_a_rule_are_written_where_they_stand() {
        let text = preset("small").unwrap();
        let process = Process::parse(text).unwrap();
        let flow = process.flow("project").unwrap();
        let typed = [
            ("step|submit|en", "Hand \"it\" in"),
            ("step|submit|fr", ""),
            ("rule|submit|0", "yes"),
            ("roles|submit|0", "administrator"),
        ];
        let after = edited(text, flow, &posted(&typed)).unwrap();
        let process = Process::parse(&after).unwrap();
        let step = process.flow("project").unwrap().step("submit").unwrap();
        assert_eq!(step.label.get("en"), "Hand \"it\" in");
        let languages: Vec<_> = step.label.languages().collect();
        assert_eq!(languages, ["ar", "en", "es", "pt"]);
        assert_eq!(step.by[0].roles, ["administrator"]);
        let differ = text.lines().zip(after.lines()).filter(|(a, b)| a != b);
        assert!(differ.count() <= 2);
    }
}
