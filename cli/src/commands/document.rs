//! The documents of cases.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use countersign_node::documents::{DOCUMENT_BYTES_MAX, DocumentId, Visibility};
use countersign_node::http::dto::{DocumentView, NewVisibility, Page};
use countersign_protocol::record::Word;
use reqwest::Method;
use sha2::{Digest, Sha256};

use crate::client::Client;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, or_dash, short};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum DocumentCommand {
    /// Add documents to a case; until an act carries one, only your organisation knows of it
    Add(AddArgs),
    /// List the documents of a case that you may read
    List {
        /// The case, by its number
        case: u64,
    },
    /// Open a document to a wider circle; it cannot be closed again
    Open(OpenArgs),
    /// Save a document as a file; its bytes are held against its SHA-256
    Save(SaveArgs),
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// The case, by its number
    case: u64,
    /// Kind and file, such as design-document=pdd.pdf; may be given several times
    #[arg(value_name = "KIND=FILE", required = true, value_parser = kind_and_file)]
    documents: Vec<(Word, PathBuf)>,
    /// The document of which this is a newer version
    #[arg(long, value_name = "ID")]
    replaces: Option<DocumentId>,
}

#[derive(Args, Debug)]
pub(crate) struct OpenArgs {
    /// The document, by its id
    document: DocumentId,
    /// To whom, beside the parties of the case and the officials
    #[arg(long, value_enum)]
    to: Circle,
}

/// Who may read a document.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Circle {
    /// The assigned certifier
    Certifier,
    /// Everybody
    Public,
}

#[derive(Args, Debug)]
pub(crate) struct SaveArgs {
    /// The document, by its id
    document: DocumentId,
    /// Where it goes; a file that is there is kept
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl DocumentCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        match self {
            Self::Add(args) => {
                if args.replaces.is_some() && args.documents.len() > 1 {
                    return Err(Failure::usage(
                        "--replaces goes with one document: add the others apart",
                    ));
                }
                let mut added = Vec::new();
                for (kind, path) in &args.documents {
                    added.push(add(&client, args.case, kind, path, args.replaces)?);
                }
                session.out().show(&added, |added| table(added))
            }
            Self::List { case } => {
                let found: Page<DocumentView> = client.get(&path_of(case), &[])?;
                session.out().show(&found.items, |found| table(found))
            }
            Self::Open(args) => {
                let visibility = match args.to {
                    Circle::Certifier => Visibility::Certifier,
                    Circle::Public => Visibility::Public,
                };
                let path = format!("documents/{}/visibility", args.document);
                client.tell(&Method::POST, &path, &NewVisibility { visibility })?;
                terminal::done(format_args!("document {} is open", args.document));
                Ok(())
            }
            Self::Save(args) => save(&client, &args),
        }
    }
}

/// A kind of document and the file that has it.
pub(super) fn kind_and_file(text: &str) -> Result<(Word, PathBuf), String> {
    let (kind, path) = text
        .split_once('=')
        .ok_or("write it as KIND=FILE, such as design-document=pdd.pdf")?;
    let kind = kind
        .parse()
        .map_err(|error| format!("the kind of document: {error}"))?;
    Ok((kind, PathBuf::from(path)))
}

fn path_of(case: u64) -> String {
    format!("cases/{case}/documents")
}

/// Adds a file to a case. The same bytes of the same kind that are there already are not sent again, so that a command that
/// was cut off can be repeated.
pub(super) fn add(
    client: &Client,
    case: u64,
    kind: &Word,
    path: &Path,
    replaces: Option<DocumentId>,
) -> Outcome<DocumentView> {
    let sha256 = hash_of(path)?;
    let there: Page<DocumentView> = client.get(&path_of(case), &[])?;
    let same = there.items.into_iter().find(|it| {
        it.sha256 == sha256
            && &it.kind == kind
            && replaces.is_none_or(|old| it.replaces == Some(old))
    });
    if let Some(same) = same {
        return Ok(same);
    }
    let name = path.file_name().map(|name| name.to_string_lossy());
    let mut query = vec![
        ("kind", kind.to_string()),
        ("file_name", name.unwrap_or_default().into_owned()),
    ];
    query.extend(replaces.map(|old| ("replaces", old.to_string())));
    let added: DocumentView = client.upload(&path_of(case), &query, path)?;
    terminal::done(format_args!(
        "{} is document {} of case {case}",
        path.display(),
        added.document
    ));
    Ok(added)
}

/// SHA-256 of a file's bytes, in hex.
fn hash_of(path: &Path) -> Outcome<String> {
    let failed = |error: std::io::Error| {
        Failure::validation(format_args!("cannot read {}: {error}", path.display()))
    };
    let mut file = fs::File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    if size > DOCUMENT_BYTES_MAX {
        return Err(Failure::validation(format_args!(
            "{} has {size} bytes; a document has at most {DOCUMENT_BYTES_MAX}",
            path.display()
        )));
    }
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut chunk).map_err(failed)?;
        if read == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(&chunk[..read]);
    }
}

fn save(client: &Client, args: &SaveArgs) -> Outcome {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::other(format_args!("cannot write {}: {error}", args.out.display()))
    };
    let mut file = fs::File::create_new(&args.out).map_err(|error| failed(&error))?;
    let mut hash = Sha256::new();
    let mut write = |chunk: &[u8]| {
        hash.update(chunk);
        file.write_all(chunk).map_err(|error| failed(&error))
    };
    let path = format!("documents/{}", args.document);
    let said = client.download(&path, &mut write);
    let said = said.and_then(|tag| {
        file.sync_all().map_err(|error| failed(&error))?;
        Ok(tag)
    });
    let found = hex::encode(hash.finalize());
    let wrong = match said {
        Ok(tag) if tag == found => None,
        Ok(_) => Some(Failure::new(
            Exit::Integrity,
            "the bytes are not those of the document's SHA-256: nothing was kept",
        )),
        Err(failure) => Some(failure),
    };
    if let Some(failure) = wrong {
        // Half a document must not be taken for a whole one.
        let _ = fs::remove_file(&args.out);
        return Err(failure);
    }
    terminal::done(format_args!(
        "written to {}, SHA-256 {found}",
        args.out.display()
    ));
    Ok(())
}

fn table(documents: &[DocumentView]) -> View {
    Table::of(
        [
            "DOCUMENT>",
            "KIND",
            "VERSION>",
            "FILE",
            "BYTES>",
            "LEAF>",
            "SHA-256",
        ],
        "no documents",
        documents,
        |it| {
            [
                it.document.to_string(),
                it.kind.to_string(),
                it.version.to_string(),
                or_dash(it.file_name.as_ref()),
                it.bytes.to_string(),
                or_dash(it.leaf),
                short(&it.sha256),
            ]
        },
    )
}
