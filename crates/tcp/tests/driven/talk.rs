//! Two connections joined by two queues of segments; nothing moves unless it is told to.

use super::{check_sent, note};
use bytes::Bytes;
use std::collections::VecDeque;
use std::rc::Rc;
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};
use tcp::{
    Admission, AtListener, Config, Connection, Event, Ports, Segment, State, WriteFlags, at_listener,
    closed_reply,
};
use wire::Seq;
use wire::tcp::Header;

/// Segments that may wait for one end; what comes after is lost.
const MOST_WAITING: usize = 512;
/// Octets that a caller writes at most.
const MOST_WRITTEN: usize = 1 << 18;

/// One end, with its caller.
pub struct End {
    pub conn: Option<Connection>,
    config: Rc<Config>,
    iss: Seq,
    ports: Ports,
    pub admission: Admission,
    /// Octets written and read so far.
    written: usize,
    read: usize,
    eof: bool,
    /// Its caller closed or aborted it, and reads no more.
    gone: bool,
    failed: Option<&'static str>,
    /// Segments on their way to it.
    pub coming: VecDeque<Segment>,
}

/// Both.
pub struct Talk {
    pub now: Instant,
    pub ends: [End; 2],
}

/// The `n`th octet that end `i` writes.
fn octet(i: usize, n: usize) -> u8 {
    (n as u8).wrapping_mul(31) ^ (n >> 8) as u8 ^ [0x5a, 0xa5][i]
}

impl Talk {
    /// End 0 opens; end 1 listens, or opens as well.
    pub fn new(configs: [Config; 2], iss: [Seq; 2], both_open: bool) -> Talk {
        let ports = [Ports { local: 1_000, remote: 80 }, Ports { local: 80, remote: 1_000 }];
        let [a, b] = configs;
        let end = |config: Config, i: usize| End {
            conn: None,
            config: Rc::new(config),
            iss: iss[i],
            ports: ports[i],
            admission: Admission::Open,
            written: 0,
            read: 0,
            eof: false,
            gone: false,
            failed: None,
            coming: VecDeque::new(),
        };
        let mut talk = Talk { now: Instant::from_micros(1_000), ends: [end(a, 0), end(b, 1)] };
        for i in 0..=usize::from(both_open) {
            let e = &mut talk.ends[i];
            e.conn =
                Some(Connection::active_open(e.config.clone(), e.ports, e.iss, talk.now, &mut Tape::None));
            talk.drain(i);
        }
        talk
    }

    /// A call at end `i`, drained to the end.
    pub fn calls(&mut self, i: usize, call: impl FnOnce(&mut Connection, Instant)) {
        if let Some(conn) = &mut self.ends[i].conn {
            call(conn, self.now);
        }
        self.drain(i);
    }

    pub fn write(&mut self, i: usize, len: usize, flags: WriteFlags) {
        let end = &mut self.ends[i];
        let Some(conn) = &mut end.conn else { return };
        let len = len.min(MOST_WRITTEN - end.written);
        let data: Vec<u8> = (end.written..end.written + len).map(|n| octet(i, n)).collect();
        let took = conn.write_bytes(self.now, Bytes::from(data), flags, &mut Tape::None).unwrap_or(0);
        assert!(took <= len, "{took} octets taken of {len}");
        end.written += took;
        self.drain(i);
    }

    /// What is read must be what the other end wrote.
    pub fn read(&mut self, i: usize, max: usize) -> usize {
        let end = &mut self.ends[i];
        let Some(conn) = end.conn.as_mut().filter(|_| !end.gone) else { return 0 };
        let Ok(Some(data)) = conn.read(self.now, max, &mut Tape::None) else { return 0 };
        for (n, &got) in data.iter().enumerate() {
            assert_eq!(got, octet(1 - i, end.read + n), "octet {} that end {i} reads", end.read + n);
        }
        // Whoever was told of a failure knows that an end of file after it means nothing.
        end.eof |= data.is_empty() && max > 0 && end.failed.is_none();
        end.read += data.len();
        assert!(end.read <= self.ends[1 - i].written, "end {i} reads more than was written");
        self.drain(i);
        data.len()
    }

    pub fn close(&mut self, i: usize, abort: bool) {
        self.ends[i].gone |= self.ends[i].conn.is_some();
        self.calls(i, |conn, now| {
            if abort { conn.abort(now, &mut Tape::None) } else { conn.close(now, &mut Tape::None) }
        });
    }

    /// The first segment on its way to end `i` arrives; false where there is none.
    pub fn deliver(&mut self, i: usize) -> bool {
        let end = &mut self.ends[i];
        let Some(seg) = end.coming.pop_front() else { return false };
        match &mut end.conn {
            None => match at_listener(&seg, &mut Tape::None) {
                AtListener::Syn => {
                    let (config, ports) = (end.config.clone(), end.ports);
                    end.conn = Some(Connection::passive_open(
                        config,
                        ports,
                        end.iss,
                        &seg,
                        self.now,
                        &mut Tape::None,
                    ));
                }
                AtListener::Reset(header) => self.send(i, header),
                AtListener::Ignore(_) => {}
            },
            Some(conn) if conn.state() == State::Closed => {
                if let Some(header) = closed_reply(&seg, &mut Tape::None) {
                    self.send(i, header);
                }
            }
            Some(conn) => {
                conn.segment_arrives(self.now, &seg, end.admission, &mut Tape::None);
            }
        }
        self.drain(i);
        true
    }

    /// A segment without payload from end `i`.
    fn send(&mut self, i: usize, header: Header) {
        self.fly(1 - i, Segment { header, payload: Bytes::new(), ecn: 0 });
    }

    fn fly(&mut self, to: usize, seg: Segment) {
        let coming = &mut self.ends[to].coming;
        if coming.len() < MOST_WAITING {
            coming.push_back(seg);
        }
    }

    fn drain(&mut self, i: usize) {
        let Some(conn) = &mut self.ends[i].conn else { return };
        let mut sent = Vec::new();
        while let Some(o) = conn.poll_transmit(self.now, &mut Tape::None) {
            let payload = Bytes::from(check_sent(conn, &o));
            sent.push(Segment { header: o.header, payload, ecn: o.ecn });
            assert!(sent.len() < 3_000, "{} segments at once", sent.len());
        }
        conn.assert_invariants();
        while let Some(event) = conn.poll_event() {
            note(&event);
            if let Event::Failed(errno) = event {
                self.ends[i].failed = Some(errno);
            }
        }
        for seg in sent {
            self.fly(1 - i, seg);
        }
    }

    /// The earliest deadline of both.
    fn deadline(&self) -> Option<Instant> {
        self.ends.iter().filter_map(|e| Some(e.conn.as_ref()?.next_deadline()?.0)).min()
    }

    /// The next deadline comes, if it does so by `until`.
    pub fn fire(&mut self, until: Instant) -> bool {
        let Some(at) = self.deadline().filter(|&at| at <= until) else { return false };
        self.now = at.max(self.now);
        for i in 0..2 {
            self.calls(i, |conn, now| conn.timers_fire(now, &mut Tape::None));
        }
        let again = self.deadline();
        assert!(again.is_none_or(|at| at > self.now), "a deadline at {at} is due again at once");
        true
    }

    /// Time passes; what is due on the way fires.
    pub fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while self.fire(until) {}
        self.now = until;
    }

    /// From here on nothing is lost, both callers read all there is and write no more.
    pub fn calm_down(&mut self) {
        /// Far more than the longest talk takes.
        const PATIENCE: u32 = 50_000;
        self.ends[1].admission = Admission::Open;
        for _ in 0..PATIENCE {
            for i in 0..2 {
                while self.read(i, usize::MAX) > 0 {}
                self.calls(i, |conn, now| _ = conn.shutdown_write(now, &mut Tape::None));
            }
            if self.deliver(0) | self.deliver(1) {
                self.wait(Duration::from_millis(1));
            } else if !self.fire(Instant(u64::MAX)) {
                return;
            }
        }
        panic!("they still talk at {}: {:?} {:?}", self.now, self.state(0), self.state(1));
    }

    fn state(&self, i: usize) -> Option<State> {
        self.ends[i].conn.as_ref().map(Connection::state)
    }

    /// Bytes out are bytes in, or somebody was told that the connection failed.
    pub fn check(&self) {
        for (i, end) in self.ends.iter().enumerate() {
            let other = &self.ends[1 - i];
            if end.eof {
                assert_eq!(end.read, other.written, "end {i} saw the end of file early");
            } else if !end.gone && end.conn.is_some() {
                let told =
                    end.failed.is_some() || other.failed.is_some() || other.gone || other.conn.is_none();
                assert!(
                    told,
                    "end {i} neither finished nor failed: {:?} {:?}",
                    self.state(i),
                    self.state(1 - i)
                );
            }
        }
    }
}
