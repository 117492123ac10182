//! The country's process: every flow as a picture and in words, who may do what, walks through a flow that write nothing, and the
//! editor: a changed file is judged, set beside the process in force, walked through and adopted.

mod compared;
mod diagram;
mod edit;
mod labels;
mod lines;
mod picture;
mod proposed;
mod say;
mod show;
mod walk;

pub(super) use edit::{ask, send};
pub(super) use labels::{ask_labels, send_labels};
pub(super) use proposed::proposed;
pub(super) use show::{flow, list, roles, simulation};
