//! A connection on a bench: segments in and out as lines of text, relative to both initial sequence numbers.
//!
//! A line is `FLAGS seq:end(len) ack N win N <options>`: `P. 1:11(10) ack 1 win 512`. `S` SYN, `F` FIN, `R` RST,
//! `P` PSH, `U` URG, `E` ECE, `W` CWR, `.` ACK, `-` none. `end` may be left out.
#![allow(dead_code)]

use bytes::Bytes;
use std::rc::Rc;
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};
use tcp::{Admission, Config, Connection, Event, Outgoing, Ports, Segment, State, Usual, Verdict};
use wire::Seq;
use wire::tcp::{Flags, Header, Options, SackBlocks, Timestamps};

pub const ISS: Seq = Seq(0xffff_ff00);
pub const IRS: Seq = Seq(0x7fff_fff0);
pub const PORTS: Ports = Ports { local: 80, remote: 40_000 };

/// One connection, its clock, and what it decided last.
pub struct Bench {
    pub conn: Connection,
    pub now: Instant,
    pub iss: Seq,
    pub irs: Seq,
    pub trace: Tape,
    pub events: Vec<Event>,
    pub admission: Admission,
}

/// Small segments and no luxuries, so that traces are short.
pub fn plain() -> Config {
    Config { timestamps: false, sack: false, window_scaling: false, mss: 1000, ..Config::linux() }
}

impl Bench {
    /// SYN-SENT; the SYN has been taken.
    pub fn syn_sent(c: Config) -> Bench {
        let (mut b, _) = Bench::connecting(c);
        b.sent();
        b
    }
    /// SYN-SENT; the SYN waits.
    pub fn connecting(c: Config) -> (Bench, Rc<Config>) {
        let c = Rc::new(c);
        let mut trace = Some(Vec::new());
        let now = Instant::from_micros(1_000_000);
        let conn = Connection::active_open(c.clone(), PORTS, ISS, now, &mut trace);
        let b = Bench { conn, now, iss: ISS, irs: IRS, trace, events: vec![], admission: Admission::Open };
        (b, c)
    }
    /// SYN-RECEIVED from LISTEN; the SYN-ACK has been taken.
    pub fn syn_received(c: Config, syn: &str) -> Bench {
        let mut b = Bench::half_open(c, syn);
        b.sent();
        b
    }
    /// SYN-RECEIVED; the SYN-ACK waits.
    pub fn half_open(c: Config, syn: &str) -> Bench {
        let mut trace = Some(Vec::new());
        let now = Instant::from_micros(1_000_000);
        let seg = segment(syn, ISS, IRS);
        let conn = Connection::passive_open(Rc::new(c), PORTS, ISS, &seg, now, &mut trace);
        Bench { conn, now, iss: ISS, irs: IRS, trace, events: vec![], admission: Admission::Open }
    }
    /// ESTABLISHED as a server, 100 ms round trip, peer window 32 768, MSS 1000.
    pub fn established(c: Config) -> Bench {
        Bench::established_with(c, "S 0(0) win 32768 <mss 1000>")
    }
    /// ESTABLISHED as a server, after this SYN.
    pub fn established_with(c: Config, syn: &str) -> Bench {
        let mut b = Bench::syn_received(c, syn);
        b.wait_ms(100);
        b.gets(". 1(0) ack 1 win 32768");
        assert_eq!(b.conn.state(), State::Established);
        b.sent();
        b
    }
    /// FIN-WAIT-1, our FIN sent.
    pub fn fin_wait_1(c: Config) -> Bench {
        let mut b = Bench::established(c);
        b.conn.shutdown_write(b.now, &mut b.trace).unwrap();
        b.sent();
        b
    }
    /// FIN-WAIT-2.
    pub fn fin_wait_2(c: Config) -> Bench {
        let mut b = Bench::fin_wait_1(c);
        b.gets(". 1(0) ack 2 win 32768");
        assert_eq!(b.conn.state(), State::FinWait2);
        b
    }
    /// CLOSE-WAIT, the FIN acknowledged.
    pub fn close_wait(c: Config) -> Bench {
        let mut b = Bench::established(c);
        b.gets("F. 1(0) ack 1 win 32768");
        b.fire();
        b.sent();
        b
    }
    /// CLOSING.
    pub fn closing(c: Config) -> Bench {
        let mut b = Bench::fin_wait_1(c);
        b.gets("F. 1(0) ack 1 win 32768");
        b.sent();
        b
    }
    /// LAST-ACK.
    pub fn last_ack(c: Config) -> Bench {
        let mut b = Bench::close_wait(c);
        b.conn.close(b.now, &mut b.trace);
        b.sent();
        b
    }
    /// TIME-WAIT.
    pub fn time_wait(c: Config) -> Bench {
        let mut b = Bench::fin_wait_2(c);
        b.gets("F. 1(0) ack 2 win 32768");
        b.sent();
        b
    }
    /// A bench in any of the states that a segment can meet.
    pub fn in_state(s: State, c: Config) -> Bench {
        let b = match s {
            State::SynSent => Bench::syn_sent(c),
            State::SynReceived => Bench::syn_received(c, "S 0(0) win 32768 <mss 1000>"),
            State::Established => Bench::established(c),
            State::FinWait1 => Bench::fin_wait_1(c),
            State::FinWait2 => Bench::fin_wait_2(c),
            State::CloseWait => Bench::close_wait(c),
            State::Closing => Bench::closing(c),
            State::LastAck => Bench::last_ack(c),
            State::TimeWait => Bench::time_wait(c),
            State::Closed | State::Listen => unreachable!("no connection"),
        };
        assert_eq!(b.conn.state(), s);
        b
    }

    /// A segment arrives.
    pub fn gets(&mut self, line: &str) -> Verdict {
        let seg = segment(line, self.iss, self.irs);
        self.gets_segment(&seg)
    }
    pub fn gets_segment(&mut self, seg: &Segment) -> Verdict {
        self.trace = Some(Vec::new());
        let v = self.conn.segment_arrives(self.now, seg, self.admission, &mut self.trace);
        self.settle();
        v
    }
    /// The caller writes zeros; all of them must be taken.
    pub fn writes(&mut self, n: usize) {
        self.trace = Some(Vec::new());
        let took = self.conn.write(self.now, &vec![0; n], &mut self.trace).unwrap();
        assert_eq!(took, n);
        self.settle();
    }
    /// The caller reads; how much there was.
    pub fn reads(&mut self, max: usize) -> Option<usize> {
        self.trace = Some(Vec::new());
        let got = self.conn.read(self.now, max, &mut self.trace).unwrap();
        self.settle();
        got.map(|b| b.len())
    }
    /// Time passes; what is due on the way fires.
    pub fn wait_ms(&mut self, ms: u64) {
        self.wait(Duration::from_millis(ms));
    }
    pub fn wait(&mut self, d: Duration) {
        let until = self.now + d;
        while let Some((at, _)) = self.conn.next_deadline()
            && at <= until
        {
            self.now = at;
            self.conn.timers_fire(at, &mut self.trace);
            self.settle();
        }
        self.now = until;
    }
    /// Goes to the next deadline and lets it fire; how long that took.
    pub fn fire(&mut self) -> Option<Duration> {
        let (at, _) = self.conn.next_deadline()?;
        let d = at.since(self.now);
        self.now = at.max(self.now);
        self.trace = Some(Vec::new());
        self.conn.timers_fire(self.now, &mut self.trace);
        self.settle();
        Some(d)
    }
    fn settle(&mut self) {
        while let Some(e) = self.conn.poll_event() {
            self.events.push(e);
        }
        self.conn.assert_invariants();
    }
    /// What has been sent since it was last asked, as lines.
    pub fn sent(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some((o, short)) = both_ways(&mut self.conn, self.now, &mut self.trace) {
            if let Some(short) = short {
                assert_same(&short, &o);
            }
            let mut payload = Vec::new();
            self.conn.copy_payload(&o, &mut payload);
            assert_eq!(payload.len(), o.len, "payload of {o:?}");
            lines.push(line(&o, self.iss, self.irs));
        }
        self.settle();
        lines
    }
    /// The same without windows and options: `FLAGS seq:end(len) ack N`.
    pub fn sent_short(&mut self) -> Vec<String> {
        self.sent().into_iter().map(|l| l.split(" win ").next().unwrap().to_string()).collect()
    }
    /// The same without windows: `FLAGS seq:end(len) ack N <options>`.
    pub fn sent_open(&mut self) -> Vec<String> {
        let cut = |l: String| {
            let (head, rest) = l.split_once(" win ").unwrap();
            let rest = rest.split_once(' ').map_or(String::new(), |(_, r)| format!(" {r}"));
            format!("{head}{rest}")
        };
        self.sent().into_iter().map(cut).collect()
    }
    /// Ids of the rules of the last step.
    pub fn rules(&self) -> Vec<&'static str> {
        self.trace.iter().flatten().map(|d| d.rule.id).collect()
    }
    /// Whether the last step went through this rule.
    pub fn did(&self, id: &str) -> bool {
        self.trace.iter().flatten().any(|d| d.rule.id == id)
    }
}

const LETTERS: [(char, Flags); 9] = [
    ('S', Flags::SYN),
    ('F', Flags::FIN),
    ('R', Flags::RST),
    ('P', Flags::PSH),
    ('U', Flags::URG),
    ('E', Flags::ECE),
    ('W', Flags::CWR),
    ('A', Flags::AE),
    ('.', Flags::ACK),
];

/// A segment from a line; `iss` is ours (acknowledged by it), `irs` the sender's.
pub fn segment(line: &str, iss: Seq, irs: Seq) -> Segment {
    let (head, options) = line.split_once('<').unwrap_or((line, ""));
    let mut words = head.split_whitespace();
    let letters = words.next().expect("flags");
    let flags = letters
        .chars()
        .filter(|c| *c != '-')
        .fold(Flags::NONE, |f, c| f | LETTERS.iter().find(|l| l.0 == c).expect("flag letter").1);
    let range = words.next().expect("seq(len)");
    let (seq, len) = range.trim_end_matches(')').split_once('(').expect("seq(len)");
    let seq: u32 = seq.split(':').next().unwrap().parse().expect("seq");
    let len: usize = len.parse().expect("len");
    let mut h = Header {
        src_port: PORTS.remote,
        dst_port: PORTS.local,
        seq: irs + seq,
        ack: Seq(0),
        flags,
        window: 32_768,
        urgent: 0,
        options: Options::default(),
    };
    while let Some(w) = words.next() {
        let n: i64 = words.next().expect("number").parse().expect("number");
        match w {
            "ack" => h.ack = iss + n as u32,
            "win" => h.window = n as u16,
            "urg" => h.urgent = n as u16,
            other => panic!("unknown word {other}"),
        }
    }
    for o in options.trim_end_matches('>').split(',').map(str::trim).filter(|o| !o.is_empty()) {
        option(o, &mut h.options, iss);
    }
    Segment { header: h, payload: Bytes::from(vec![0; len]), ecn: 0 }
}

fn option(text: &str, o: &mut Options, iss: Seq) {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        ["mss", n] => o.mss = Some(n.parse().unwrap()),
        ["wscale", n] => o.window_scale = Some(n.parse().unwrap()),
        ["sackOK"] => o.sack_permitted = true,
        ["TS", "val", v, "ecr", e] => {
            o.timestamps = Some(Timestamps { val: v.parse().unwrap(), ecr: e.parse().unwrap() });
        }
        ["sack", blocks @ ..] => {
            for b in blocks {
                let (l, r) = b.split_once(':').unwrap();
                let at = |x: &str| iss + x.parse::<u32>().unwrap();
                o.sack.blocks[o.sack.len as usize] = (at(l), at(r));
                o.sack.len += 1;
            }
        }
        ["nop"] | ["eol"] => {}
        other => panic!("unknown option {other:?}"),
    }
}

/// What is sent, as a line.
pub fn line(o: &Outgoing, iss: Seq, irs: Seq) -> String {
    let h = &o.header;
    let letters: String = LETTERS.iter().filter(|l| h.flags.has(l.1)).map(|l| l.0).collect();
    let seq = h.seq.since(iss);
    let mut s = format!("{letters} {seq}:{}({})", seq.wrapping_add(o.len as u32), o.len);
    if h.flags.has(Flags::ACK) {
        s += &format!(" ack {}", h.ack.since(irs));
    }
    s += &format!(" win {}", h.window);
    if h.urgent != 0 {
        s += &format!(" urg {}", h.urgent);
    }
    let options = options_text(&h.options, irs);
    if !options.is_empty() {
        s += &format!(" <{options}>");
    }
    s
}

fn options_text(o: &Options, irs: Seq) -> String {
    let mut out = Vec::new();
    if let Some(m) = o.mss {
        out.push(format!("mss {m}"));
    }
    if o.sack_permitted {
        out.push("sackOK".into());
    }
    if let Some(t) = o.timestamps {
        out.push(format!("TS val {} ecr {}", t.val, t.ecr));
    }
    if let Some(w) = o.window_scale {
        out.push(format!("wscale {w}"));
    }
    let SackBlocks { len, blocks } = o.sack;
    if len > 0 {
        let b = blocks[..len as usize].iter().map(|(l, r)| format!("{}:{}", l.since(irs), r.since(irs)));
        out.push(format!("sack {}", b.collect::<Vec<_>>().join(" ")));
    }
    out.join(",")
}

/// The next segment to send, and the same by the short way, where that takes it.
pub fn both_ways(conn: &mut Connection, now: Instant, trace: &mut Tape) -> Option<(Outgoing, Option<Usual>)> {
    let short = conn.clone().poll_usual(now, &mut Tape::None);
    Some((conn.poll_transmit(now, trace)?, short))
}

/// The short way says what the long one says.
fn assert_same(short: &Usual, long: &Outgoing) {
    let header = Header {
        seq: short.own.seq,
        ack: short.own.ack,
        flags: short.own.flags,
        window: short.own.window,
        urgent: short.own.urgent,
        options: Options { timestamps: Some(short.own.stamps), ..Options::default() },
        ..long.header
    };
    assert_eq!(
        (header, short.len as usize, short.ecn, short.resent),
        (long.header, long.len, long.ecn, long.resent)
    );
}
