//! What graphs are drawn from: sampled behind the session, the same whichever way one came.

use crate::words::{command, data_of, open, run, until_sent};
use lab::Session;
use lab::records::{SampleKind, SampleRecord};
use lab::view::Command;

fn all(s: &mut Session) -> Vec<SampleRecord> {
    while s.sample(100) < s.view().steps {}
    s.samples().to_vec()
}

fn of(samples: &[SampleRecord], kind: SampleKind) -> impl Iterator<Item = &SampleRecord> {
    samples.iter().filter(move |s| s.kind == kind as u32)
}

#[test]
fn the_last_sample_of_an_end_is_what_its_tcb_says() {
    let mut s = open("lost-data");
    run(&mut s, 10_000);
    let samples = all(&mut s);
    assert!(samples.is_sorted_by(|a, b| a.time <= b.time && a.step <= b.step));
    let mut compared = 0;
    for at in [10, 20, 30] {
        s.seek(at);
        for node in s.view().nodes {
            for tcb in node.tcbs.iter().filter(|t| t.flow.is_some()) {
                let value = |name: &str| tcb.vars.iter().find(|v| v.name == name).map(|v| v.value);
                let last = of(&samples, SampleKind::Connection)
                    .filter(|x| {
                        u32::from(x.node) == node.id && Some(u32::from(x.of)) == tcb.flow && x.step <= at
                    })
                    .last();
                let Some(last) = last else { continue };
                for (name, sampled) in
                    [("SND.UNA", last.a), ("SND.NXT", last.b), ("SND.WND", last.c), ("cwnd", last.d)]
                {
                    assert_eq!(value(name), Some(f64::from(sampled)), "step {at}, {} {name}", node.name);
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 2, "{compared}");
}

#[test]
fn a_hole_is_told_by_sack_blocks_and_a_slow_link_by_its_queue() {
    let mut s = open("lost-data");
    run(&mut s, 10_000);
    let samples = all(&mut s);
    assert!(of(&samples, SampleKind::Sack).all(|b| b.b.wrapping_sub(b.a) > 0));
    assert!(of(&samples, SampleKind::Sack).count() > 0, "data was lost before other data");
    assert!(of(&samples, SampleKind::Link).all(|l| l.b > l.a && l.c > 0));
    assert!(of(&samples, SampleKind::Link).count() > 0);
}

#[test]
fn a_fork_has_the_samples_of_a_straight_run() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", data_of(0));
    let at = s.position();
    run(&mut s, 10_000);
    let main = all(&mut s);
    s.seek(at);
    command(&mut s, Command::Drop { frame });
    run(&mut s, 10_000);
    let fork = all(&mut s);
    let mut straight = Session::restore(&s.save()).expect("what was saved");
    assert_eq!(fork, all(&mut straight));
    assert_ne!(fork, main);
    assert!(s.undo());
    s.seek(u32::MAX);
    assert_eq!(all(&mut s), main);
}
