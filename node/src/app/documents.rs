//! The documents of cases: who may add one, who may read it, and which ones an act carries.

use std::fmt::Display;

use countersign_protocol::log::Hash;
use countersign_protocol::permission::Action;
use countersign_protocol::record::{AttachedDocument, Word};
use countersign_protocol::registry::RegistryCase;
use countersign_protocol::workflow::SubjectKind;
use futures::Stream;

use super::{App, AppError, Caller, Mode};
use crate::documents::{
    Content, DocumentId, Documents, NewDocument, StoredDocument, Viewer, Visibility,
};

/// A document that somebody wants to add to a case.
#[derive(Clone, Debug)]
pub struct DocumentWish {
    /// The case.
    pub case: u64,
    /// The kind of document in the process.
    pub kind: Word,
    /// The file name as the client gave it.
    pub file_name: String,
    /// The type as the client declared it.
    pub content_type: String,
    /// The newest version of the document that this one takes the place of.
    pub replaces: Option<DocumentId>,
}

impl App {
    pub(super) fn documents(&self) -> &Documents {
        &self.inner.documents
    }

    /// Adds a document to a case. It is its organisation's draft until an act of the case carries it.
    ///
    /// # Errors
    /// [`AppError`] when the matrix or a limit stands against it, or the process knows no such kind.
    pub async fn add_document<S, B, E>(
        &self,
        caller: &Caller,
        wish: DocumentWish,
        content: S,
        mode: Mode,
    ) -> Result<StoredDocument, AppError>
    where
        S: Stream<Item = Result<B, E>> + Send,
        B: AsRef<[u8]> + Send,
        E: Display,
    {
        let person = caller.person()?;
        let (known, process) = self.case_and_process(wish.case)?;
        // The documents of an organisation's file belong to that file, also while it waits to be registered.
        let action = match known.kind {
            SubjectKind::Organisation => Action::OrganisationUpdate,
            _ => Action::DocumentUpload,
        };
        self.permit_case(caller, action, &known)?;
        let kinds = &process.documents;
        if !kinds.iter().any(|kind| kind.id == wish.kind.as_str()) {
            let known: Vec<&str> = kinds.iter().map(|kind| kind.id.as_str()).collect();
            let why = format!("the process knows these kinds: {}", known.join(", "));
            return Err(AppError::parameter("kind", why));
        }
        let new = NewDocument {
            case: wish.case,
            kind: wish.kind,
            owner: person.principal.organisation,
            uploader: person.principal.user,
            file_name: wish.file_name,
            content_type: wish.content_type,
            replaces: wish.replaces,
        };
        let (documents, now_ms) = (self.documents(), self.now_ms());
        Ok(match mode {
            Mode::Write => documents.put(content, new, now_ms).await?,
            Mode::Try => documents.try_put(content, new, now_ms).await?,
        })
    }

    /// The documents of a case that the caller may read, with all their versions, oldest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such case.
    pub async fn documents_of(
        &self,
        caller: Option<&Caller>,
        case: u64,
    ) -> Result<Vec<StoredDocument>, AppError> {
        let (known, _) = self.case_and_process(case)?;
        let all = self.documents().list(case).await?;
        let may = |document: &StoredDocument| self.reads(caller, &known, document);
        Ok(all.into_iter().filter(may).collect())
    }

    /// A document and its bytes, piece by piece.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none, or the caller may not read it: the two read the same.
    pub async fn document(
        &self,
        caller: Option<&Caller>,
        id: DocumentId,
    ) -> Result<(StoredDocument, Content), AppError> {
        let document = self.documents().document(id).await?;
        let (known, _) = self.case_and_process(document.case)?;
        if !self.reads(caller, &known, &document) {
            return Err(AppError::not_found("document", &id));
        }
        Ok(self.documents().get(id).await?)
    }

    /// Opens a document to a wider circle.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it, or it is as wide open already.
    pub async fn widen_document(
        &self,
        caller: &Caller,
        id: DocumentId,
        to: Visibility,
        mode: Mode,
    ) -> Result<(), AppError> {
        let by = caller.person()?.principal.user;
        let document = self.documents().document(id).await?;
        let (known, _) = self.case_and_process(document.case)?;
        if !self.reads(Some(caller), &known, &document) {
            return Err(AppError::not_found("document", &id));
        }
        self.permit_case(caller, Action::DocumentPublish, &known)?;
        let (documents, now_ms) = (self.documents(), self.now_ms());
        match mode {
            Mode::Write => documents.widen(id, to, by, now_ms).await?,
            Mode::Try => documents.check_wider(id, to).await?,
        }
        Ok(())
    }

    fn reads(
        &self,
        caller: Option<&Caller>,
        known: &RegistryCase,
        document: &StoredDocument,
    ) -> bool {
        document.may_be_read_by(self.viewer(caller, known, document))
    }

    fn viewer(
        &self,
        caller: Option<&Caller>,
        known: &RegistryCase,
        document: &StoredDocument,
    ) -> Viewer {
        let Some(Caller::Person(person)) = caller else {
            return Viewer::Public;
        };
        let (subject, own) = (&known.case.subject, person.principal.organisation);
        let caller = Caller::Person(person.clone());
        let may = self
            .permit_case(&caller, Action::DocumentRead, known)
            .is_ok();
        if own == document.owner && may {
            return Viewer::Owner;
        }
        match may {
            true if subject.certifier == Some(own) => Viewer::Certifier,
            // The parties read what others handed in about their case, as the officials do.
            true => Viewer::Official,
            false => Viewer::Public,
        }
    }

    /// Whether every document that an act names was added to its case by somebody, so that no hash of nothing is handed in.
    pub(super) async fn check_documents(
        &self,
        case: u64,
        named: &[AttachedDocument],
    ) -> Result<(), AppError> {
        for document in named {
            let kept = self.documents().with_hash(&document.sha256).await?;
            let fits = |it: &StoredDocument| {
                it.case == case && it.kind == document.kind && it.erased_ms.is_none()
            };
            if !kept.iter().any(fits) {
                let why = format!(
                    "no {} with the hash {} was added to case {case}; add it first",
                    document.kind,
                    hex::encode(document.sha256)
                );
                return Err(AppError::body("/documents", why));
            }
        }
        Ok(())
    }

    /// Notes which leaf carries the documents of an act.
    pub(super) async fn attach_documents(
        &self,
        case: u64,
        named: impl Iterator<Item = Hash>,
        leaf: u64,
    ) -> Result<(), AppError> {
        for sha256 in named {
            self.documents().attach(&sha256, case, leaf).await?;
        }
        Ok(())
    }
}
