//! The processes that come with the program: a country takes one as it is, or as the beginning of its own.

/// The presets: name and text of the file.
pub const PRESETS: &[(&str, &str)] = &[
    ("standard", include_str!("../../presets/standard.toml")),
    ("undp-2025", include_str!("../../presets/undp-2025.toml")),
    (
        "cote-divoire",
        include_str!("../../presets/cote-divoire.toml"),
    ),
    ("small", include_str!("../../presets/small.toml")),
];

/// The text of a preset.
#[must_use]
pub fn preset(name: &str) -> Option<&'static str> {
    PRESETS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}
