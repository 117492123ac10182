//! Comments on a case.

use clap::Args;
use countersign_node::http::dto::{CommentView, EditComment, NewCommentBody};
use countersign_node::people::Circle;
use reqwest::Method;

use super::super::organisation::ListArgs;
use crate::client::WriteArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};

#[derive(Args, Debug)]
pub(crate) struct CommentArgs {
    /// The case, by its number
    case: u64,
    /// The text
    text: String,
    /// The comment that it answers
    #[arg(long, value_name = "COMMENT")]
    answers: Option<u64>,
    /// For officials alone
    #[arg(long)]
    officials: bool,
    /// The field that it is about, as a JSON Pointer such as /locations/0
    #[arg(long, value_name = "POINTER")]
    about: Option<String>,
    /// Give this comment of yours the text; its earlier wordings are kept
    #[arg(long, value_name = "COMMENT", conflicts_with_all = ["answers", "officials", "about"])]
    edit: Option<u64>,
    #[command(flatten)]
    write: WriteArgs,
}

#[derive(Args, Debug)]
pub(crate) struct CommentsArgs {
    /// The case, by its number
    case: u64,
    /// Of this thread only, by its first comment
    #[arg(long, value_name = "COMMENT")]
    thread: Option<u64>,
    #[command(flatten)]
    list: ListArgs,
}

impl CommentArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let path = format!("cases/{}/comments", self.case);
        let client = session.client()?;
        let written: CommentView = match self.edit {
            Some(edited) => {
                let body = EditComment { text: self.text };
                client.change(
                    &Method::PUT,
                    &format!("{path}/{edited}"),
                    &self.write,
                    Some(&body),
                )?
            }
            None => {
                let body = NewCommentBody {
                    text: self.text,
                    answers: self.answers,
                    circle: self.officials.then_some(Circle::Officials),
                    about: self.about,
                };
                client.change(&Method::POST, &path, &self.write, Some(&body))?
            }
        };
        session
            .out()
            .show(&written, |it| table(std::slice::from_ref(it)))
    }
}

impl CommentsArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let path = format!("cases/{}/comments", self.case);
        let query: Vec<(&str, String)> = self
            .thread
            .map(|it| ("thread", it.to_string()))
            .into_iter()
            .collect();
        let found: Vec<CommentView> = session.client()?.list(&path, &query, self.list.limit)?;
        session.out().show(&found, |found| table(found))
    }
}

fn table(comments: &[CommentView]) -> View {
    Table::of(
        [
            "COMMENT>", "THREAD>", "BY USER>", "OF>", "WHEN", "READ BY", "ABOUT", "TEXT",
        ],
        "no comments",
        comments,
        |it| {
            [
                it.comment.to_string(),
                it.thread.to_string(),
                it.user.to_string(),
                it.organisation.to_string(),
                moment(it.written_ms),
                match it.circle {
                    Circle::Parties => "all parties".to_owned(),
                    Circle::Officials => "officials".to_owned(),
                },
                or_dash(it.about.as_ref()),
                it.text.clone().unwrap_or_else(|| "erased".to_owned()),
            ]
        },
    )
}
