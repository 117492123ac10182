//! The words of the pages: one Fluent file for each language, all with the same keys.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use tracing::error;
use unic_langid::LanguageIdentifier;

use super::language::Language;

/// The texts of a language: those of the pages for everybody, and those of the workspaces.
macro_rules! texts {
    ($language:literal) => {
        concat!(
            include_str!(concat!("../../locales/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../../locales/work/", $language, ".ftl"))
        )
    };
}

const FILES: [(Language, &str); 5] = [
    (Language::En, texts!("en")),
    (Language::Fr, texts!("fr")),
    (Language::Es, texts!("es")),
    (Language::Pt, texts!("pt")),
    (Language::Ar, texts!("ar")),
];

/// Names of countries in the languages that have a file: lines of an ISO 3166-1 alpha-2 code and a name, from CLDR.
const COUNTRIES: [(Language, &str); 4] = [
    (Language::Fr, include_str!("../../locales/countries/fr.txt")),
    (Language::Es, include_str!("../../locales/countries/es.txt")),
    (Language::Pt, include_str!("../../locales/countries/pt.txt")),
    (Language::Ar, include_str!("../../locales/countries/ar.txt")),
];

static BUNDLES: LazyLock<Vec<(Language, FluentBundle<FluentResource>)>> =
    LazyLock::new(|| FILES.into_iter().map(bundle).collect());

fn bundle((language, text): (Language, &str)) -> (Language, FluentBundle<FluentResource>) {
    // A test reads every file, so that whatever is wrong with one is found before it is served.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, _)| partial);
    let tag = language.code().parse::<LanguageIdentifier>();
    let mut bundle = FluentBundle::new_concurrent(tag.into_iter().collect());
    // A value that holds only values would be taken for a text from left to right between such marks; the templates mark
    // what comes from people (`dir="auto"`).
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    (language, bundle)
}

/// The text of a key with its values; the key itself where there is none.
pub(crate) fn text(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    find(language, key, values).unwrap_or_else(|| {
        error!(%language, key, "a word of the pages is missing: this is a defect, report it");
        key.to_owned()
    })
}

/// The text of a key with its values, if there is one.
pub(crate) fn find(language: Language, key: &str, values: &[(&str, &str)]) -> Option<String> {
    let (_, bundle) = BUNDLES.iter().find(|(it, _)| *it == language)?;
    let pattern = bundle.get_message(key)?.value()?;
    let mut arguments = FluentArgs::new();
    for (name, value) in values {
        arguments.set((*name).to_owned(), FluentValue::from((*value).to_owned()));
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
    Some(text.into_owned())
}

/// The text of a key in the form that goes with a number; `shown` stands for it in the text.
pub(crate) fn counted(language: Language, key: &str, count: u64, shown: &str) -> String {
    let Some((_, bundle)) = BUNDLES.iter().find(|(it, _)| *it == language) else {
        return key.to_owned();
    };
    let Some(pattern) = bundle.get_message(key).and_then(|it| it.value()) else {
        error!(%language, key, "a word of the pages is missing: this is a defect, report it");
        return key.to_owned();
    };
    let mut arguments = FluentArgs::new();
    arguments.set("count", FluentValue::from(count));
    arguments.set("shown", FluentValue::from(shown.to_owned()));
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
    text.into_owned()
}

/// What a country is called in a language, if the language has a name for it.
pub(crate) fn country(language: Language, alpha2: &str) -> Option<&'static str> {
    let (_, lines) = COUNTRIES.iter().find(|(it, _)| *it == language)?;
    let named = |line: &'static str| line.split_once(' ');
    let mut names = lines.lines().filter_map(named);
    names
        .find(|(code, _)| *code == alpha2)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests;
