//! What bytes can make happen to connections: for fuzzing, for replaying what fuzzing found, and for chance.
#![allow(dead_code)]

mod choices;
#[path = "../common/mod.rs"]
pub mod common;
mod operations;
mod segments;
mod talk;

#[allow(unused_imports)]
pub use operations::operations;
#[allow(unused_imports)]
pub use segments::segments;

use std::cell::RefCell;
use std::collections::BTreeSet;
use tcp::time::Duration;
use tcp::{Config, Event, Outgoing, State};

/// Configurations that differ in what can go wrong with them: each profile, small windows, every extension, a clock
/// of timestamps that is about to wrap, a caller who gives up.
pub fn configs() -> [Config; 7] {
    let linux = Config { urgent_inline: true, ..Config::linux() };
    let rfc = Config { urgent_inline: true, ..Config::rfc() };
    let bsd43 = Config { urgent_inline: true, ..Config::bsd43() };
    let all =
        Config { ecn: tcp::profile::Ecn::On, keepalive: true, ts_offset: u32::MAX - 2_000, ..linux.clone() };
    let tiny = Config { rcv_buf: 900, snd_buf: 1_000, mss: 200, ..rfc.clone() };
    let small = Config { rcv_buf: 3_000, snd_buf: 5_000, timestamps: false, ..linux.clone() };
    let limited = Config { user_timeout: Some(Duration::from_secs(3)), sack: false, ..linux.clone() };
    [linux, rfc, bsd43, all, tiny, small, limited]
}

/// What holds of every segment that a connection sends: its payload is there, it is no larger than it may be, and
/// its header can be written and read back.
pub fn check_sent(conn: &tcp::Connection, o: &Outgoing) -> Vec<u8> {
    let mut payload = Vec::with_capacity(o.len);
    conn.copy_payload(o, &mut payload);
    assert_eq!(payload.len(), o.len, "payload of {o:?}");
    assert!(o.len <= usize::from(conn.config().mss), "longer than the MSS: {o:?}");
    let options = o.header.options.emit();
    assert!(options.len() <= wire::tcp::MAX_OPTIONS, "options of {o:?}");
    assert_eq!(wire::tcp::parse_options(&options.to_vec()), o.header.options, "options of {o:?}");
    payload
}

thread_local! {
    static EDGES: RefCell<BTreeSet<(State, State)>> = const { RefCell::new(BTreeSet::new()) };
}

/// Remembers a change of state.
fn note(event: &Event) {
    if let Event::State(from, to) = *event {
        EDGES.with_borrow_mut(|all| all.insert((from, to)));
    }
}

/// The changes of state that connections of this thread went through.
pub fn edges() -> BTreeSet<(State, State)> {
    EDGES.with_borrow(Clone::clone)
}
