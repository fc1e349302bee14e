//! A deterministic discrete-event simulator: event queue, virtual clock, links and what they do to frames, and the
//! hands of a person on a frame in flight.
//!
//! ```text
//! World::step ── pops the least (time, serial) ──> host ──> frames ──> link ──> queue
//!                                                        └─> deadlines, processes ──┘
//! ```
mod aqm;
mod build;
mod config;
pub mod ecn;
mod event;
mod flight;
mod flood;
mod glance;
mod hands;
mod impair;
mod impairments;
mod lanes;
mod link;
mod log;
pub mod queue;
pub mod rules;
pub mod standing;
mod switch;
mod weather;
mod workbench;
mod world;

pub use config::{
    BridgeConfig, BridgeKind, ConfigError, FloodConfig, FrameId, LinkConfig, LinkId, NodeId, ParkConfig,
    PortConfig, WorldConfig,
};
pub use flight::Flight;
pub use glance::Glance;
pub use hands::{HandError, MAX_FRAME, MIN_FRAME};
pub use impair::LinkState;
pub use impairments::{BadImpairment, Burst, Codel, Discipline, FrameKind, Impairments, LossRule, Red};
pub use log::{Fate, Launched, Loss, Step, StepLog};
pub use switch::{Bridge, Learned};
pub use workbench::MAX_COPIES;
pub use world::World;
