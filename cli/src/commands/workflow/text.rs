//! A process in words, for whoever has to agree to it.

use countersign_protocol::workflow::{
    ActorRule, Flow, Form, Label, Named, Process, Scope, Stage, Step,
};

use super::phrases::{apart, deadline, effects, titled, waited_for, wrapped};
use crate::table::{Table, View, tonnes};

/// A process with these of its flows; `whole` also lists what the flows use.
pub(super) fn view(process: &Process, flows: &[&Flow], whole: bool, language: &str) -> View {
    let words = Words { process, language };
    let mut views = Vec::new();
    if whole {
        views.push(words.heading());
        views.extend(words.lists());
    }
    for flow in flows {
        views.push(words.flow_heading(flow));
        views.push(words.stages(flow));
        views.extend(flow.steps.iter().map(|step| words.step(flow, step)));
    }
    View::Many(views)
}

struct Words<'a> {
    process: &'a Process,
    language: &'a str,
}

impl<'a> Words<'a> {
    fn of(&self, label: &'a Label) -> &'a str {
        label.get(self.language)
    }

    fn heading(&self) -> View {
        let process = self.process;
        titled(
            self.of(&process.title),
            vec![
                ("process", process.id.clone()),
                ("version", process.version.clone()),
                ("languages", process.languages.join(", ")),
                ("sha256", hex::encode(process.content_hash())),
            ],
        )
    }

    /// What the flows use.
    fn lists(&self) -> Vec<View> {
        let process = self.process;
        let organisations = Table::of(
            ["ORGANISATION", "LABEL", "ROLES", "NOTES"],
            "no organisations",
            &process.organisation_types,
            |it| {
                let roles = process.roles.iter();
                let roles = roles.filter(|role| role.within.contains(&it.id));
                let people = it.people.map(|people| format!("{people} people"));
                let mut notes = Vec::new();
                notes.extend(it.authority.then(|| "keeps the registry".to_owned()));
                notes.extend(it.sectoral.then(|| "answers for some sectors".to_owned()));
                notes.extend(people);
                [
                    it.id.clone(),
                    self.of(&it.label).to_owned(),
                    roles
                        .map(|role| role.id.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                    notes.join(", "),
                ]
            },
        );
        let mut views = vec![organisations];
        let labels = |heading: &str, pairs: Vec<(String, String)>| {
            (!pairs.is_empty()).then(|| titled(heading, pairs))
        };
        let named = |list: &[Named]| -> Vec<(String, String)> {
            let one = |it: &Named| (it.id.clone(), it.label.get(self.language).to_owned());
            list.iter().map(one).collect()
        };
        views.extend(labels("Tracks", named(&process.tracks)));
        views.extend(labels("Documents", named(&process.documents)));
        let forms = process.forms.iter();
        let forms = forms.map(|form| (form.id.clone(), self.form(form)));
        views.extend(labels(
            "Forms (* must be filled in)",
            forms.collect::<Vec<_>>(),
        ));
        let letters = process.letters.iter().map(|it| {
            let signer = self.organisation(&it.signer_type);
            let role = self.role(&it.signer_role);
            let text = format!("{}; signed by {signer}, {role}", self.of(&it.label));
            (it.id.clone(), text)
        });
        views.extend(labels("Letters", letters.collect()));
        let fees = process.fees.iter().map(|it| {
            let amount = tonnes(it.amount);
            let text = format!("{}: {amount} {}", self.of(&it.label), it.currency);
            (it.id.clone(), text)
        });
        views.extend(labels("Fees", fees.collect()));
        views
    }

    fn form(&self, form: &'a Form) -> String {
        let fields = form.schema.fields().iter().map(|field| {
            let mark = if field.required { "*" } else { "" };
            format!("{}{mark}", field.name)
        });
        format!("{}\n{}", self.of(&form.label), wrapped(fields))
    }

    fn flow_heading(&self, flow: &'a Flow) -> View {
        let mut pairs = vec![("about", flow.subject.to_string())];
        if let Some(parent) = &flow.parent {
            let stages = parent.stages.join(" or ");
            pairs.push(("belongs to", format!("{} in {stages}", parent.flow)));
        }
        if !flow.tracks.is_empty() {
            pairs.push(("tracks", wrapped(&flow.tracks)));
        }
        pairs.push(("begins in", flow.first.clone()));
        titled(
            &format!("== {}: {} ==", flow.id, self.of(&flow.label)),
            pairs,
        )
    }

    fn stages(&self, flow: &'a Flow) -> View {
        let row = |stage: &Stage| {
            let steps = flow
                .steps_from(&stage.id, None)
                .map(|step| step.id.as_str());
            let next = match stage.end {
                Some(end) => format!("end: {end}"),
                None => steps.collect::<Vec<_>>().join(", "),
            };
            [
                stage.id.clone(),
                stage.label.get(self.language).to_owned(),
                next,
            ]
        };
        Table::of(["STAGE", "LABEL", "NEXT"], "no stages", &flow.stages, row)
    }

    fn step(&self, flow: &Flow, step: &'a Step) -> View {
        let way = format!("{} -> {}", wrapped(&step.from), step.to);
        let mut pairs = vec![("way", way)];
        let mut add = |name, text: String| {
            if !text.is_empty() {
                pairs.push((name, text));
            }
        };
        if let Some(no) = &step.no {
            let mut text = format!("-> {}", no.to);
            for (name, list) in [
                ("letter", self.letters(&no.letters)),
                ("effect", effects(&no.effects)),
            ] {
                if !list.is_empty() {
                    text.push_str(&format!("; {name} {list}"));
                }
            }
            add("if no", text);
        }
        add("tracks", wrapped(&step.tracks));
        let who: Vec<String> = step.by.iter().map(|rule| self.actor(rule)).collect();
        add("who", who.join("\n"));
        add("after", waited_for(flow, step));
        add("quorum", self.quorum(step));
        add("apart from", apart(flow, step));
        let form = step.form.as_deref().and_then(|id| self.process.form(id));
        add(
            "form",
            form.map_or_else(String::new, |form| {
                format!("{} ({})", self.of(&form.label), form.id)
            }),
        );
        let documents = self.process.documents.iter();
        let documents = documents.filter(|it| step.documents.contains(&it.id));
        add("documents", wrapped(documents.map(|it| self.of(&it.label))));
        if step.comment {
            add("comment", "required".to_owned());
        }
        add("needs", wrapped(&step.needs));
        add(
            "deadline",
            step.deadline.as_ref().map(deadline).unwrap_or_default(),
        );
        add("letters", self.letters(&step.letters));
        let fees = self.process.fees.iter();
        let fees = fees.filter(|it| step.fees.contains(&it.id)).map(|it| {
            format!(
                "{}, {} {}",
                self.of(&it.label),
                tonnes(it.amount),
                it.currency
            )
        });
        add("fees", fees.collect::<Vec<_>>().join("\n"));
        add("effects", effects(&step.effects));
        let kind = match step.kind.word() {
            kind if kind == step.id => String::new(),
            kind => format!(" ({kind})"),
        };
        let heading = format!("{}{kind}: {}", step.id, self.of(&step.label));
        titled(&heading, pairs)
    }

    fn organisation(&self, id: &'a str) -> &'a str {
        let known = self.process.organisation_type(id);
        known.map_or(id, |known| self.of(&known.label))
    }

    fn role(&self, id: &'a str) -> &'a str {
        let known = self.process.roles.iter().find(|role| role.id == id);
        known.map_or(id, |known| self.of(&known.label))
    }

    fn actor(&self, rule: &'a ActorRule) -> String {
        let which = match rule.scope {
            Scope::Own => " that owns it",
            Scope::Assigned => " assigned to it",
            Scope::Counterparty => " that receives",
            Scope::Sector => " of its sector",
            Scope::Any => "",
        };
        let roles: Vec<&str> = rule.roles.iter().map(|id| self.role(id)).collect();
        let organisation = self.organisation(&rule.organisation_type);
        format!("{organisation}{which}: {}", roles.join(" or "))
    }

    fn quorum(&self, step: &'a Step) -> String {
        if !step.reviews_by.is_empty() {
            let types = step.reviews_by.iter().map(|id| self.organisation(id));
            return format!("one yes each, side by side: {}", wrapped(types));
        }
        match step.votes_needed() {
            0 | 1 => String::new(),
            votes => format!("{votes} different users must say yes"),
        }
    }

    fn letters(&self, ids: &[String]) -> String {
        let letters = self.process.letters.iter();
        wrapped(
            letters
                .filter(|it| ids.contains(&it.id))
                .map(|it| self.of(&it.label)),
        )
    }
}
