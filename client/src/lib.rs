//! A client of the HTTP API of a Countersign node, for programs in Rust. The `countersign` command is one of them.
//!
//! ```no_run
//! # async fn example() -> Result<(), countersign_client::ClientError> {
//! use countersign_client::{Client, Key};
//! use countersign_client::types::{NewAccountTransfer, TransferFilter};
//!
//! let client = Client::new("https://registry.example", Some("csk_...".into()))?;
//! println!("{} entries", client.head().await?.size);
//! for transfer in client.transfers(&TransferFilter::default(), 100).await? {
//!     println!("{} {} t {}", transfer.id, transfer.tonnes, transfer.state);
//! }
//! // One wish, one key: sent twice, it is done once.
//! let key = Key::draw()?;
//! # let wish: NewAccountTransfer = unimplemented!();
//! let moved = client.move_units(&key, &wish).await?;
//! println!("recorded at entry {}", moved.answer.made.index);
//! # Ok(())
//! # }
//! ```
//!
//! [`types`] has what the API speaks of the registry itself, of Article 6, partners, bridges, monitoring data, webhooks and open
//! data, and the client has a call for each. Everything else is asked for by its path with types of the caller's own:
//! [`Client::get`], [`Client::list`], [`Client::write`].

pub mod types;

#[cfg(feature = "http")]
mod client;
#[cfg(feature = "http")]
mod error;
#[cfg(feature = "http")]
mod key;
#[cfg(feature = "http")]
mod typed;

#[cfg(feature = "http")]
pub use client::{Answered, CONTENT_TIMEOUT, Client, Patience, TIMEOUT};
#[cfg(feature = "http")]
pub use error::ClientError;
#[cfg(feature = "http")]
pub use key::Key;
#[cfg(feature = "http")]
pub use reqwest::{Body, Method};
#[cfg(feature = "http")]
pub use typed::{Article6Wish, Recorded};
