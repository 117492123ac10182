//! A project as people read it.

use countersign_node::http::dto::ProjectView;
use countersign_protocol::project::{Description, Geometry, Location};

use crate::table::{View, or_dash, tonnes};

pub(super) fn pairs(it: &ProjectView) -> View {
    let all: u32 = it.owners.iter().map(|owner| owner.parts).sum();
    let owners = it.owners.iter().map(|owner| {
        if all == owner.parts {
            owner.organisation.to_string()
        } else {
            format!("{} ({} of {all})", owner.organisation, owner.parts)
        }
    });
    let mut rows = vec![
        ("project", it.number.to_string()),
        ("title", it.title.to_string()),
        ("owners", owners.collect::<Vec<_>>().join(", ")),
        (
            "scope",
            format!("{} {}", it.scope.number(), it.scope.name()),
        ),
        ("standing", it.standing.clone()),
        ("case", or_dash(it.case)),
        ("stage", or_dash(it.stage.as_ref())),
        (
            "public",
            if it.published { "yes" } else { "not yet" }.to_owned(),
        ),
    ];
    let periods = it.crediting_periods.iter();
    rows.extend(periods.map(|it| ("crediting period", it.to_string())));
    rows.extend(it.totals.iter().map(|it| {
        let what = format!(
            "{} t issued: {} held, {} used, {} cancelled, {} abroad",
            tonnes(it.issued),
            tonnes(it.held),
            tonnes(it.used),
            tonnes(it.cancelled),
            tonnes(it.abroad)
        );
        ("units", format!("{}: {what}", it.vintage))
    }));
    if let Some(description) = &it.description {
        rows.extend(described(description));
    }
    View::pairs(rows)
}

fn described(it: &Description) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let texts = [
        ("description", it.description.clone()),
        ("web page", it.link.clone()),
        ("sector", it.sector.clone()),
        ("start", it.start.map(|day| day.to_string())),
        ("end", it.end.map(|day| day.to_string())),
        ("tonnes a year", it.estimate_per_year.map(tonnes)),
    ];
    rows.extend(
        texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?))),
    );
    if !it.mitigation_types.is_empty() {
        rows.push(("mitigation", it.mitigation_types.join(", ")));
    }
    if !it.gases.is_empty() {
        let set = it.gwp_set.as_deref().unwrap_or("-");
        rows.push((
            "gases",
            format!("{} (potentials of {set})", it.gases.join(", ")),
        ));
    }
    let ids = it.external_ids.iter();
    rows.extend(ids.map(|it| ("known as", format!("{} in {}", it.id, it.registry))));
    let related = it.related_projects.iter();
    rows.extend(related.map(|it| {
        (
            "related",
            format!("{}: {} in {}", it.kind, it.id, it.registry),
        )
    }));
    rows.extend(it.locations.iter().map(|it| ("place", place(it))));
    let methodologies = it.methodologies.iter();
    rows.extend(methodologies.map(|it| ("methodology", format!("{} {}", it.code, it.version))));
    let estimates = it.estimates.iter();
    rows.extend(estimates.map(|it| {
        (
            "estimate",
            format!("{}: {} t", it.vintage, tonnes(it.tonnes)),
        )
    }));
    let benefits = it.co_benefits.iter();
    rows.extend(benefits.map(|it| {
        let words = [&it.indicator, &it.target, &it.text].into_iter().flatten();
        let words: Vec<&str> = words.map(String::as_str).collect();
        (
            "SDG",
            format!("{} {}", it.goal, words.join(", "))
                .trim_end()
                .to_owned(),
        )
    }));
    let safeguards = it.safeguards.iter();
    rows.extend(safeguards.map(|it| ("safeguard", format!("{}: risk {}", it.topic, it.risk))));
    let ratings = it.ratings.iter();
    rows.extend(ratings.map(|it| ("rating", format!("{} by {}", it.rating, it.agency))));
    if let Some(ndc) = &it.ndc {
        let measure = ndc.measure.as_deref().unwrap_or("-");
        rows.push(("NDC", format!("{}, measure {measure}", ndc.coverage)));
    }
    rows
}

fn place(it: &Location) -> String {
    let names = [Some(&it.place), it.district.as_ref(), it.region.as_ref()];
    let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
    let drawn = match &it.geometry {
        None => "",
        Some(Geometry::Point(_)) => " (point)",
        Some(_) => " (outline)",
    };
    format!("{}{drawn}", names.join(", "))
}
