//! Two connections joined by a pipe that loses, repeats, delays and reorders: bytes out are bytes in.

use bytes::Bytes;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::rc::Rc;
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};
use tcp::{Admission, AtListener, Config, Connection, Ports, Segment, State, Verdict};
use wire::Seq;

/// A small generator of our own, so that a seed is a run.
struct Chance(u64);
impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn one_in(&mut self, n: u64) -> bool {
        n > 0 && self.next().is_multiple_of(n)
    }
}

/// How bad the pipe is: one segment in so many.
#[derive(Clone, Copy, Debug)]
struct Weather {
    lose: u64,
    repeat: u64,
    delay: u64,
}

struct End {
    conn: Option<Connection>,
    to_write: Vec<u8>,
    written: usize,
    got: Vec<u8>,
    eof: bool,
    failed: Option<&'static str>,
}

struct Pair {
    ends: [End; 2],
    cfg: [Rc<Config>; 2],
    now: Instant,
    flying: BTreeMap<(Instant, u64), (usize, Segment)>,
    serial: u64,
    chance: Chance,
    weather: Weather,
    segments: u32,
    /// Of those that came, how many were taken in by header prediction.
    foreseen: u32,
    idle: u32,
    patient: bool,
}

fn pattern(n: usize, salt: u8) -> Vec<u8> {
    (0..n).map(|i| (i as u8).wrapping_mul(31).wrapping_add((i >> 8) as u8) ^ salt).collect()
}

impl Pair {
    fn new(client: Config, server: Config, up: usize, down: usize, seed: u64, weather: Weather) -> Pair {
        let now = Instant::from_micros(1_000);
        let mut chance = Chance(seed | 1);
        let cfg = [client, server].map(|mut c| {
            // The clock of timestamps wraps in the first seconds (RFC 7323 §5.4).
            c.ts_offset = u32::MAX - (chance.next() % 4_000) as u32;
            Rc::new(c)
        });
        let ports = Ports { local: 1000, remote: 80 };
        let end = |n, salt| End {
            conn: None,
            to_write: pattern(n, salt),
            written: 0,
            got: vec![],
            eof: false,
            failed: None,
        };
        let mut p = Pair {
            ends: [end(up, 0x5a), end(down, 0xa5)],
            now,
            flying: BTreeMap::new(),
            serial: 0,
            chance,
            weather,
            segments: 0,
            foreseen: 0,
            idle: 0,
            patient: seed.is_multiple_of(2),
            cfg,
        };
        let iss = p.iss();
        p.ends[0].conn = Some(Connection::active_open(p.cfg[0].clone(), ports, iss, now, &mut Tape::None));
        p
    }
    /// Any, or one with which sequence numbers wrap on the way.
    fn iss(&mut self) -> Seq {
        let any = self.chance.next() as u32;
        if self.chance.one_in(2) { Seq(any) } else { Seq(u32::MAX - any % 60_000) }
    }
    fn drain(&mut self, i: usize) {
        let Some(c) = &mut self.ends[i].conn else { return };
        c.assert_invariants();
        while let Some(e) = c.poll_event() {
            if let tcp::Event::Failed(name) = e {
                self.ends[i].failed = Some(name);
            }
        }
        while let Some(o) = c.poll_transmit(self.now, &mut Tape::None) {
            let mut payload = Vec::new();
            c.copy_payload(&o, &mut payload);
            assert_eq!(payload.len(), o.len);
            assert!(o.len <= usize::from(self.cfg[i].mss));
            self.segments += 1;
            let seg = Segment { header: o.header, payload: Bytes::from(payload), ecn: o.ecn };
            if self.chance.one_in(self.weather.lose) {
                continue;
            }
            let copies = 1 + usize::from(self.chance.one_in(self.weather.repeat));
            for _ in 0..copies {
                let extra =
                    if self.chance.one_in(self.weather.delay) { self.chance.next() % 40_000 } else { 0 };
                self.serial += 1;
                let at = self.now + Duration::from_micros(10_000 + extra);
                self.flying.insert((at, self.serial), (1 - i, seg.clone()));
            }
        }
        c.assert_invariants();
    }
    fn work(&mut self, i: usize) {
        let now = self.now;
        let end = &mut self.ends[i];
        let Some(c) = &mut end.conn else { return };
        if matches!(c.state(), State::Established | State::CloseWait) && end.written < end.to_write.len() {
            let some = end.to_write.len().min(end.written + 1 + (self.chance.next() % 5000) as usize);
            end.written += c.write(now, &end.to_write[end.written..some], &mut Tape::None).unwrap_or(0);
        }
        if !self.chance.one_in(4) {
            let max = 1 + (self.chance.next() % 20_000) as usize;
            match c.read(now, max, &mut Tape::None) {
                Ok(Some(b)) if b.is_empty() => end.eof = true,
                Ok(Some(b)) => end.got.extend_from_slice(&b),
                Ok(None) => {}
                Err(_) => {}
            }
        }
        // A server may wait for its client's end before it comes to its own.
        let patient = i == 1 && self.patient && !end.eof;
        if end.written == end.to_write.len()
            && !patient
            && matches!(c.state(), State::Established | State::CloseWait)
        {
            let _ = c.shutdown_write(now, &mut Tape::None);
        }
        self.drain(i);
    }
    fn arrive(&mut self, i: usize, mut seg: Segment) {
        if self.ends[i].conn.is_none() && i == 1 {
            if tcp::at_listener(&seg, &mut Tape::None) == AtListener::Syn {
                let ports = Ports { local: 80, remote: 1000 };
                let iss = self.iss();
                let cfg = self.cfg[1].clone();
                self.ends[1].conn =
                    Some(Connection::passive_open(cfg, ports, iss, &seg, self.now, &mut Tape::None));
                self.drain(1);
            }
            return;
        }
        if let Some(c) = &mut self.ends[i].conn {
            // Step by step, and foreseen: nobody can tell which it was.
            let mut whole = c.clone();
            let verdict = whole.segment_arrives(self.now, &seg, Admission::Open, &mut Tape::None);
            if c.segment_foreseen(self.now, &mut seg, &mut Tape::None) {
                self.foreseen += 1;
                assert_eq!(verdict, Verdict::Taken);
                assert_eq!(format!("{c:?}"), format!("{whole:?}"));
            } else {
                *c = whole;
            }
            self.drain(i);
        }
    }
    /// One event on; false at the end.
    fn step(&mut self) -> bool {
        let frame = self.flying.keys().next().map(|k| k.0);
        let timer = |i: usize| self.ends[i].conn.as_ref().and_then(|c| c.next_deadline()).map(|d| d.0);
        let next = [frame, timer(0), timer(1)].into_iter().flatten().min();
        let Some(next) = next else {
            // Nothing will happen by itself; the callers may still have something to do.
            self.now += Duration::from_millis(1);
            self.work(0);
            self.work(1);
            self.idle += 1;
            return self.idle < 100;
        };
        self.idle = 0;
        self.now = next.max(self.now);
        if frame == Some(next) {
            let (_, (to, seg)) = self.flying.pop_first().unwrap();
            self.arrive(to, seg);
        }
        for i in 0..2 {
            if let Some(c) = &mut self.ends[i].conn {
                c.timers_fire(self.now, &mut Tape::None);
            }
            self.drain(i);
            self.work(i);
        }
        true
    }
    fn run(&mut self) {
        for _ in 0..200_000 {
            if !self.step() || self.done() {
                return;
            }
        }
        panic!("no end after 200 000 events at {}", self.now);
    }
    fn done(&self) -> bool {
        self.ends.iter().all(|e| e.eof || e.failed.is_some())
    }
    fn check(&self) {
        for i in 0..2 {
            let (me, other) = (&self.ends[i], &self.ends[1 - i]);
            let n = me.got.len();
            assert!(me.got[..] == other.to_write[..n], "end {i} read other octets than were written");
            if me.eof {
                assert_eq!(n, other.to_write.len(), "end {i} saw end of file early");
            } else {
                assert!(self.ends.iter().any(|e| e.failed.is_some()), "end {i} neither finished nor failed");
            }
        }
    }
}

fn run(client: Config, server: Config, up: usize, down: usize, seed: u64, weather: Weather) -> Pair {
    let mut p = Pair::new(client, server, up, down, seed, weather);
    p.run();
    p.check();
    p
}

const CALM: Weather = Weather { lose: 0, repeat: 0, delay: 0 };

#[test]
fn calm_weather_needs_no_retransmission() {
    let p = run(Config::linux(), Config::linux(), 300_000, 50_000, 3, CALM);
    assert!(p.ends.iter().all(|e| e.failed.is_none()));
    assert!(p.segments < 800, "{} segments", p.segments);
}

#[test]
fn what_only_comes_in_is_foreseen() {
    let p = run(Config::linux(), Config::linux(), 300_000, 0, 4, CALM);
    assert!(p.foreseen > 150, "{} of {} segments", p.foreseen, p.segments);
}

fn configs() -> Vec<Config> {
    let small = Config { rcv_buf: 3_000, snd_buf: 5_000, ..Config::linux() };
    let tiny = Config { mss: 200, rcv_buf: 900, snd_buf: 1_000, ..Config::rfc() };
    vec![Config::linux(), Config::rfc(), Config::bsd43(), small, tiny]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]
    #[test]
    fn bytes_out_are_bytes_in(
        a in 0usize..5, b in 0usize..5, up in 0usize..60_000, down in prop_oneof![Just(0), 0usize..60_000], seed: u64,
        lose in prop_oneof![Just(0u64), 4u64..60], repeat in prop_oneof![Just(0u64), 3u64..40], delay in prop_oneof![Just(0u64), 2u64..20],
    ) {
        let c = configs();
        run(c[a].clone(), c[b].clone(), up, down, seed, Weather { lose, repeat, delay });
    }
}
