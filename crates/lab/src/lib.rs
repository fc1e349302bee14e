//! A session: world, commands, history, scenarios, import and export, and the views that a face shows.
mod again;
pub mod breaks;
mod calls;
#[cfg(feature = "capture")]
mod capture;
pub mod catalogue;
mod commands;
pub mod conformance;
pub mod console;
mod deeds;
mod digest;
pub mod draft;
mod error;
mod flows;
mod forge;
mod frames;
pub mod hex;
mod history;
pub mod impairing;
mod kinds;
pub mod ledger;
pub mod list;
pub mod marks;
mod network;
pub mod packet;
#[cfg(feature = "capture")]
pub mod pcap;
pub mod played;
mod predict;
pub mod presets;
pub mod problems;
mod read;
pub mod records;
pub mod rules;
mod save;
pub mod scenario;
pub mod schema;
#[cfg(feature = "script")]
pub mod script;
mod series;
mod session;
mod staging;
pub mod standing;
mod tcb;
mod timeline;
pub mod topology;
mod trace;
mod tracked;
mod translation;
mod undo;
pub mod view;
mod viewing;
pub mod watch;

#[cfg(feature = "capture")]
pub use capture::Captured;
pub use error::Result;
pub use flows::{Flow, Flows, letter};
pub use save::{Restoring, check_size};
pub use session::Session;
