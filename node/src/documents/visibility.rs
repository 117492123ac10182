//! Who may read a document.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a document is open, from the narrowest to the widest.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// To its owner and the country's officials.
    Private,
    /// Also to the certifier assigned to its case.
    Certifier,
    /// To anybody.
    Public,
}

impl Visibility {
    const ALL: [Self; 3] = [Self::Private, Self::Certifier, Self::Public];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Certifier => "certifier",
            Self::Public => "public",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// What the reader is to the document's case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Anybody, signed in or not, who is none of the others.
    Public,
    /// Somebody of the organisation that owns the document.
    Owner,
    /// Somebody of the certifier that is assigned to the case.
    Certifier,
    /// An official of the country whom the permission matrix lets see the case.
    Official,
}

/// Whether a viewer may read a document. Until an act of the case carries it, it is a draft and its owner's alone, however
/// wide it is to be later.
#[must_use]
pub const fn may_read(visibility: Visibility, is_attached: bool, viewer: Viewer) -> bool {
    match (viewer, visibility) {
        (Viewer::Owner, _) => true,
        _ if !is_attached => false,
        (Viewer::Official, _)
        | (Viewer::Certifier, Visibility::Certifier | Visibility::Public)
        | (Viewer::Public, Visibility::Public) => true,
        (Viewer::Certifier | Viewer::Public, _) => false,
    }
}
