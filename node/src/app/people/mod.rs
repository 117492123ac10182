//! People: signing in, the own account, the users of an organisation, registration.

mod account;
mod registration;
mod users;

pub use account::Me;
pub use registration::{Registered, RegistrationWish};
pub use users::{RoleChange, UserWish};
