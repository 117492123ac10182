//! People: signing in, the own account, the users of an organisation, registration.

mod account;
mod factors;
mod proposals;
mod registration;
mod trusted;
mod users;

pub use account::Me;
pub use proposals::Decided;
pub(in crate::app) use proposals::{request_of, with_somebody};
pub use registration::{Registered, RegistrationWish};
pub use trusted::{ListedReceiver, TrustWish};
pub use users::{Invited, RoleChange, UserWish};
