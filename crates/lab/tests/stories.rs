//! What a person does on the page, told without one.

use crate::words::{
    assert_same, command, data_of, flags, ladder, listener, open, queues, refusals, run, shown, until,
    until_sent,
};
use lab::Session;
use lab::records::{Fate, MarkKind};
use lab::view::{Command, OutcomeView};
use wire::tcp::Flags;

const CLIENT: u16 = 0;
const SERVER: usize = 1;

/// The frame's bytes with another sequence number.
fn with_seq(session: &Session, frame: u32, seq: u32, mend: bool) -> String {
    let bytes = session.frame_bytes(frame).expect("a frame");
    let edited = lab::packet::edit(&bytes, "tcp.seq", &seq.to_string(), mend).expect("an edit");
    lab::hex::encode(&edited)
}

#[test]
fn a_connection_moves_from_the_syn_queue_to_the_accept_queue_and_out_of_it() {
    let mut s = open("accept-flow");
    let view = until(&mut s, "a half-open entry", |v| queues(v, SERVER) == (1, 0));
    let entry = &listener(&view, SERVER).expect("a listener").syn_queue[0];
    assert_eq!((entry.repeats, entry.repeats_max), (0, 5), "tcp_synack_retries");
    assert!(entry.next > view.now && entry.dies > entry.next);
    assert_eq!(view.flows[0].server_state.as_deref(), Some("SYN-RECEIVED"));

    let view = until(&mut s, "the handshake's end", |v| queues(v, SERVER) == (0, 1));
    assert_eq!(view.flows[0].server_state.as_deref(), Some("ESTABLISHED"), "though nobody has called accept");
    let child = &listener(&view, SERVER).expect("a listener").accept_queue[0];
    assert_eq!((child.flow, child.unread), (Some(0), 0));
    let view = until(&mut s, "data before accept", |v| {
        listener(v, SERVER).is_some_and(|l| l.accept_queue.iter().any(|c| c.unread > 0))
    });
    assert_eq!(queues(&view, SERVER), (0, 1), "the kernel takes it in by itself");
    let view = until(&mut s, "accept", |v| queues(v, SERVER) == (0, 0));
    assert!(view.last.is_some_and(|l| l.text.starts_with("accept")), "and out of it when accept is called");
    let row = view.nodes[SERVER].sockets.iter().find(|c| c.flow == Some(0)).expect("the child");
    assert_eq!((row.pid, row.fd, row.waiting_at), (Some(1), Some(4), None));

    let view = run(&mut s, 10_000);
    assert!(view.finished || view.steps == 10_000);
    assert!(s.frames().iter().all(|f| f.fate == Fate::Delivered as u8), "{}", ladder(&s));
}

#[test]
fn a_parked_server_leaves_connections_in_the_accept_queue() {
    let mut s = open("accept-flow");
    let server = until(&mut s, "listen", |v| listener(v, SERVER).is_some()).nodes[SERVER].clone();
    command(&mut s, Command::Park { node: server.id, pid: server.processes[0].pid, parked: true });
    until(&mut s, "one waits for accept", |v| {
        queues(v, SERVER).1 == 1
            || v.flows.len() == 1 && v.flows[0].server_state.as_deref() == Some("ESTABLISHED")
    });
}

#[test]
fn the_accept_queue_overflows_and_the_final_acks_are_dropped() {
    let mut s = open("backlog-overflow");
    let full = until(&mut s, "three wait", |v| queues(v, SERVER).1 == 3);
    assert_eq!(listener(&full, SERVER).map(|l| (l.backlog, l.accept_capacity)), Some((2, 3)));
    let view = until(&mut s, "an overflow", |v| {
        v.nodes[SERVER].counters.iter().any(|c| c.name == "ListenOverflows" && c.value >= 2.0)
    });
    assert_eq!(queues(&view, SERVER), (2, 3), "two half-open, three waiting\n{}", ladder(&s));
    let d = view.flows.iter().filter(|f| {
        f.client_state.as_deref() == Some("ESTABLISHED") && f.server_state.as_deref() == Some("SYN-RECEIVED")
    });
    assert_eq!(d.count(), 2, "two clients believe what their server does not");
    let server = &view.nodes[SERVER].processes[0];
    assert_eq!((server.parked, server.line), (true, 8), "the server stands before accept");

    // Let go, it takes them out one by one, and the next repeat of the final ACK finds room.
    command(&mut s, Command::Park { node: 1, pid: 1, parked: false });
    until(&mut s, "everybody got in", |v| v.flows.len() == 5 && queues(v, SERVER).0 == 0);
    let refused = s.frames().iter().filter(|f| f.flags & Flags::RST.0 != 0);
    assert_eq!(refused.count(), 0, "{}", ladder(&s));
}

#[test]
fn back_three_and_on_again_gives_the_same_bytes() {
    let mut s = open("accept-flow");
    run(&mut s, 12);
    let (digest, view) = (s.digest(), s.view());
    let trace = s.trace();
    for _ in 0..3 {
        assert!(s.back());
    }
    assert_eq!((s.view().step, s.view().steps), (view.step - 3, view.steps));
    for _ in 0..3 {
        assert!(s.step());
    }
    assert_eq!(s.digest(), digest);
    assert_same("the view", &shown(&s.view()), &shown(&view));
    assert_eq!(s.trace(), trace);
}

#[test]
fn data_outside_the_window_is_refused_with_an_ack() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "the client's request", data_of(CLIENT));
    command(&mut s, Command::Hold { frame });
    let hex = with_seq(&s, frame, s.frames()[frame as usize].seq.wrapping_add(90_000_000), true);

    let told = s.predict(frame, &hex, 0).expect("a prediction");
    assert_eq!(told.outcome, OutcomeView::Answer, "{:?}", told.rules);
    assert_eq!(told.replies.len(), 1);
    assert_eq!(s.frames()[frame as usize].fate, Fate::Held as u8, "the world is as it was");

    command(&mut s, Command::Edit { frame, hex });
    command(&mut s, Command::Deliver { frame });
    let before = s.frames().len();
    while s.frames()[frame as usize].fate != Fate::DroppedByHost as u8 {
        assert!(s.step(), "it never came\n{}", ladder(&s));
    }
    assert_eq!(refusals(&s).first().map(String::as_str), told.rule.as_ref().map(|r| r.id.as_str()));
    let reply: Vec<_> = s.frames().iter().skip(before).copied().collect();
    assert_eq!(reply.iter().map(flags).collect::<Vec<_>>(), ["ACK"], "{}", ladder(&s));
    assert_eq!(told.replies[0].arrives, reply[0].ends);
}

#[test]
fn a_wrong_checksum_meets_silence_and_then_the_data_is_sent_again() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "the client's request", data_of(CLIENT));
    let hex = with_seq(&s, frame, s.frames()[frame as usize].seq.wrapping_add(1), false);
    command(&mut s, Command::Edit { frame, hex });
    while s.frames()[frame as usize].fate != Fate::DroppedByHost as u8 {
        assert!(s.step(), "it never came\n{}", ladder(&s));
    }
    assert_eq!(refusals(&s), ["host.tcp.checksum_wrong"]);
    let (count, seq) = (s.frames().len(), s.frames()[frame as usize].seq);
    while s.frames().len() == count {
        assert!(s.step(), "nothing more was sent");
    }
    let again = s.frames()[count];
    assert_eq!((again.from, again.seq, again.resent), (CLIENT, seq, 1), "{}", ladder(&s));
    assert!(s.view().last.is_some_and(|l| l.what == "timer"), "by a timer, in silence");
}

#[test]
fn a_syn_to_a_port_nobody_listens_on_is_reset() {
    let mut s = open("accept-flow");
    run(&mut s, 4);
    let hex = s.syn_to(0, 4242).expect("a SYN");
    let frames = command(&mut s, Command::Inject { node: 0, hex }).frames;
    assert_eq!(frames.len(), 1);
    while s.frames()[frames[0] as usize].fate == Fate::Flying as u8 {
        assert!(s.step());
    }
    let reset = s.frames().iter().rev().find(|f| f.flags & Flags::RST.0 != 0).expect("a RST");
    assert_eq!((reset.from, reset.flow), (1, s.frames()[frames[0] as usize].flow));

    let mut s = open("closed-port");
    let view = run(&mut s, 1_000);
    let results = &view.nodes[0].processes[0].results;
    assert!(results.iter().any(|r| r.text.contains("ECONNREFUSED")), "{results:?}");
}

#[test]
fn what_is_lost_is_sent_again_and_arrives_behind_a_gap() {
    let mut s = open("lost-data");
    run(&mut s, 10_000);
    let lost: Vec<_> = s.frames().iter().filter(|f| f.fate == Fate::Lost as u8).collect();
    assert_eq!(lost.len(), 1, "{}", ladder(&s));
    assert!(
        s.frames().iter().any(|f| f.seq == lost[0].seq && f.resent > 0 && f.fate == Fate::Delivered as u8)
    );
    let late = s.frames().iter().filter(|f| f.bits & lab::records::bits::OUT_OF_ORDER != 0).count();
    assert!(late >= 2, "what came after the gap\n{}", ladder(&s));
}

#[test]
fn two_hosts_that_call_each_other_make_one_connection() {
    let mut s = open("simultaneous-open");
    let view = until(&mut s, "ESTABLISHED at both ends", |v| {
        v.flows.first().is_some_and(|f| {
            f.client_state.as_deref() == Some("ESTABLISHED")
                && f.server_state.as_deref() == Some("ESTABLISHED")
        })
    });
    assert_eq!(view.flows.len(), 1, "{}", ladder(&s));
    let to_syn_received = |m: &&lab::records::MarkRecord| {
        m.kind == MarkKind::State as u8 && m.b == tcp::State::SynReceived as u16
    };
    assert_eq!(s.marks().iter().filter(to_syn_received).count(), 2, "both go through SYN-RECEIVED");
}
