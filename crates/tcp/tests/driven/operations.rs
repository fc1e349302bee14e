//! Calls, segments, losses and timers at two connected ends, in any order.

use super::choices::Choices;
use super::configs;
use super::talk::Talk;
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};
use tcp::{Admission, WriteFlags};
use wire::Seq;

const MOST_OPERATIONS: usize = 600;

/// Runs what the bytes say, then lets both ends finish; panics where something does not hold.
pub fn operations(data: &[u8]) {
    let mut c = Choices::new(data);
    let config = |c: &mut Choices| configs()[c.below(7)].clone();
    let ends = [config(&mut c), config(&mut c)];
    // Numbers wrap in the middle of the transfer, or the sign of their difference does.
    let iss = |c: &mut Choices| [Seq(0), Seq(u32::MAX - 300), Seq(0x7fff_ff00), Seq(c.u32())][c.below(4)];
    let iss = [iss(&mut c), iss(&mut c)];
    let kind = c.u8();
    let mut talk = Talk::new(ends, iss, kind & 1 == 1);
    if kind & 6 == 6 {
        talk.ends[1].admission = Admission::Full { len: 2, backlog: 1, abort: kind & 8 != 0 };
    }
    if kind & 16 == 0 {
        for _ in 0..3 {
            _ = (talk.deliver(1), talk.wait(Duration::from_millis(10)), talk.deliver(0));
        }
    }
    for _ in 0..MOST_OPERATIONS {
        let Some(op) = c.next() else { break };
        operate(&mut talk, op, &mut c);
    }
    talk.calm_down();
    talk.check();
}

/// The lowest bit says at which end, the next four what happens.
fn operate(talk: &mut Talk, op: u8, c: &mut Choices) {
    let i = usize::from(op & 1);
    match op >> 1 & 15 {
        0 | 1 => {
            let (len, bits) = (usize::from(c.u16()) % 8_192, c.u8());
            let flags = WriteFlags { more: bits & 7 == 1, eor: bits & 7 == 2, urgent: bits & 7 == 3 };
            talk.write(i, len, flags);
        }
        2 => _ = talk.read(i, usize::from(c.u16())),
        3 => talk.calls(i, |conn, now| _ = conn.shutdown_write(now, &mut Tape::None)),
        4 => {
            let how = c.u8();
            if how < 64 {
                talk.close(i, how < 16);
            }
        }
        5 | 6 => _ = talk.deliver(i),
        7 => _ = talk.ends[i].coming.pop_front(),
        8 => {
            let copy = talk.ends[i].coming.front().cloned();
            talk.ends[i].coming.extend(copy);
        }
        9 => {
            let late = talk.ends[i].coming.pop_front();
            talk.ends[i].coming.extend(late);
        }
        10 => _ = talk.fire(Instant(u64::MAX)),
        11 => talk.wait(Duration::from_micros(u64::from(c.u16()) * 100)),
        12 => {
            let mss = c.u16() % 2_000;
            talk.calls(i, |conn, now| conn.path_shrinks(now, mss, &mut Tape::None));
        }
        13 => set_option(talk, i, c.u8()),
        // A burst arrives, at one end or at both.
        14 => {
            for _ in 0..c.below(40) {
                _ = talk.deliver(i);
                talk.wait(Duration::from_micros(100));
            }
        }
        _ => {
            for _ in 0..c.below(40) {
                _ = talk.deliver(i) | talk.deliver(1 - i);
                talk.wait(Duration::from_millis(1));
            }
        }
    }
}

/// setsockopt(2) in the middle of everything.
fn set_option(talk: &mut Talk, i: usize, bits: u8) {
    talk.calls(i, |conn, now| {
        conn.reconfigure(
            now,
            |config| match bits % 8 {
                0 => config.nagle = bits & 8 == 0,
                1 => config.cork = bits & 8 == 0,
                2 => config.keepalive = bits & 8 == 0,
                3 => config.user_timeout = (bits & 8 == 0).then_some(Duration::from_millis(500)),
                4 => config.rcv_buf = 1_000 << (bits >> 4),
                5 => config.snd_buf = 1_000 << (bits >> 4),
                6 => config.quickacks = bits >> 4,
                _ => config.fin_wait2 = (bits & 8 == 0).then_some(Duration::from_secs(1)),
            },
            &mut Tape::None,
        );
    });
}
