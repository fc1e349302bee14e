//! A session with the words that stories are told in.
#![allow(dead_code, missing_docs)]

use lab::Session;
use lab::records::{Fate, FrameRecord};
use lab::view::{Command, ListenerView, OutcomeView, View};
use wire::tcp::Flags;

pub fn open(scenario: &str) -> Session {
    Session::new(scenario, None).unwrap_or_else(|e| panic!("{scenario}: {e}"))
}

/// Runs to the world's end, or for `steps`.
pub fn run(session: &mut Session, steps: u32) -> View {
    session.run(steps, f64::INFINITY);
    session.world().assert_invariants();
    session.view()
}

/// A view as text: what a variable without a value is (NaN) equals itself there.
pub fn shown(view: &View) -> String {
    serde_json::to_string_pretty(view).expect("plain values")
}

/// Two texts are the same; else the first line in which they differ, with those before it.
pub fn assert_same(what: &str, a: &str, b: &str) {
    if a != b {
        let same = a.lines().zip(b.lines()).take_while(|(x, y)| x == y).count();
        let from = same.saturating_sub(6);
        let part = |s: &str| s.lines().skip(from).take(10).collect::<Vec<_>>().join("\n");
        panic!("{what}: line {same}\n--- one\n{}\n--- the other\n{}", part(a), part(b));
    }
}

/// Steps until `wanted` is true of the view.
pub fn until(session: &mut Session, what: &str, wanted: impl Fn(&View) -> bool) -> View {
    for _ in 0..10_000 {
        let view = session.view();
        if wanted(&view) {
            return view;
        }
        assert!(session.step(), "the world ended before: {what}\n{}", ladder(session));
        session.world().assert_invariants();
    }
    panic!("10,000 steps, and never: {what}");
}

/// Steps until a frame is on a link that `wanted` is true of; gives its id.
pub fn until_sent(session: &mut Session, what: &str, wanted: impl Fn(&FrameRecord) -> bool) -> u32 {
    let flying = |s: &Session, v: &View| {
        v.in_flight.iter().copied().find(|&f| s.frames().get(f as usize).is_some_and(&wanted))
    };
    for _ in 0..10_000 {
        if let Some(frame) = flying(session, &session.view()) {
            return frame;
        }
        assert!(session.step(), "the world ended before: {what}\n{}", ladder(session));
    }
    panic!("10,000 steps, and never: {what}");
}

pub fn data_of(node: u16) -> impl Fn(&FrameRecord) -> bool {
    move |f| f.from == node && f.payload > 0
}

pub fn command(session: &mut Session, command: Command) -> lab::view::CommandResult {
    let said = format!("{command:?}");
    session.command(command).unwrap_or_else(|e| panic!("{said}: {e}"))
}

/// The first listener of a node.
pub fn listener(view: &View, node: usize) -> Option<&ListenerView> {
    view.nodes[node].sockets.iter().find_map(|s| s.listener.as_ref())
}

/// Entries in the SYN queue and in the accept queue of a node's listener.
pub fn queues(view: &View, node: usize) -> (usize, usize) {
    listener(view, node).map_or((0, 0), |l| (l.syn_queue.len(), l.accept_queue.len()))
}

/// Rules of the step we stand at that refused.
pub fn refusals(session: &Session) -> Vec<String> {
    let refused = |o| matches!(o, OutcomeView::Drop | OutcomeView::Answer | OutcomeView::Reset);
    session.trace().rules.into_iter().filter(|r| refused(r.outcome)).map(|r| r.id).collect()
}

pub fn flags(f: &FrameRecord) -> String {
    format!("{:?}", Flags(f.flags))
}

/// Every frame as a line: the diagram for people who read tests.
pub fn ladder(session: &Session) -> String {
    let fate = |f: &FrameRecord| match f.fate {
        x if x == Fate::Flying as u8 => "flying".to_string(),
        x if x == Fate::Held as u8 => "held".to_string(),
        x if x == Fate::Delivered as u8 => String::new(),
        x if x == Fate::Lost as u8 => "lost".to_string(),
        x if x == Fate::DroppedByPerson as u8 => "dropped by hand".to_string(),
        _ => lab::rules::at(f.reason).map_or("refused", |r| r.id).to_string(),
    };
    let flows = session.ledger().flows().list();
    let isn = |f: &FrameRecord, own: bool| {
        let flow = flows.get(usize::from(f.flow))?;
        let client =
            session.world().host(net::NodeId(f.from))?.config().ifaces[0].addrs[0].0 == flow.client.ip();
        flow.isn(client == own)
    };
    let relative = |n: u32, base: Option<wire::Seq>| n.wrapping_sub(base.map_or(0, |b| b.0));
    let line = |(id, f): (usize, &FrameRecord)| {
        let ack = if f.flags & Flags::ACK.0 != 0 {
            format!(" ack {}", relative(f.ack, isn(f, false)))
        } else {
            String::new()
        };
        let text = format!(
            "{:>10.6} {}→{} {:<9} seq {}{}{}  {}",
            f.sent / 1e9,
            f.from,
            f.to,
            flags(f),
            relative(f.seq, isn(f, true)),
            ack,
            if f.payload > 0 { format!(" len {}", f.payload) } else { String::new() },
            fate(f)
        );
        format!("{id:>3} {}", text.trim_end())
    };
    session.frames().iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}
