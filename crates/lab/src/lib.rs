//! A session: world, commands, history, scenarios, import and export, and the views that a face shows.
pub mod catalogue;
mod commands;
mod error;
mod flows;
pub mod hex;
mod history;
pub mod ledger;
pub mod records;
pub mod rules;
pub mod scenario;
mod session;
mod timeline;
pub mod view;

pub use error::Result;
pub use flows::{Flow, Flows, letter};
pub use session::Session;
