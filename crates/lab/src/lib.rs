//! A session: world, commands, history, scenarios, import and export, and the views that a face shows.
pub mod records;
pub mod view;
