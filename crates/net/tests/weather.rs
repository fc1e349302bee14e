//! Two hosts on a link that loses, repeats, delays, reorders and corrupts, by seed: the octets that one caller reads
//! are those that the other wrote, or somebody is told that the connection failed.
use bytes::Bytes;
use host::{Call, CallResult, Fd, HostConfig, IfaceConfig, Pid, RecvFlags, SendFlags, Shutdown};
use net::{FrameId, Impairments, LinkConfig, NodeId, PortConfig, StepLog, World, WorldConfig};
use proptest::prelude::*;
use std::net::{IpAddr, SocketAddr};
use tcp::rule::Tape;
use tcp::time::Duration;

/// A person's own shell.
const SHELL: Pid = Pid(0);
const PORT: u16 = 80;
/// Steps after which a transfer of at most 40,000 octets must be over.
const PATIENCE: u32 = 60_000;

/// A small generator of our own (xorshift64), so that a seed is a run.
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
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// One frame in so many; 0: none.
#[derive(Clone, Copy, Debug, Default)]
struct Weather {
    lose: u64,
    repeat: u64,
    delay: u64,
    corrupt: u64,
}

/// How a host is set.
#[derive(Clone, Debug)]
struct Kind {
    profile: &'static str,
    mtu: u16,
    sysctls: &'static [(&'static str, &'static str)],
}

const KINDS: [Kind; 5] = [
    Kind { profile: "linux", mtu: 1_500, sysctls: &[] },
    Kind { profile: "rfc", mtu: 576, sysctls: &[] },
    Kind { profile: "bsd43", mtu: 1_500, sysctls: &[] },
    Kind {
        profile: "linux",
        mtu: 1_500,
        sysctls: &[("net.ipv4.tcp_rmem", "4096 4096 4096"), ("net.ipv4.tcp_timestamps", "0")],
    },
    Kind {
        profile: "linux",
        mtu: 1_280,
        sysctls: &[("net.ipv4.tcp_syncookies", "2"), ("net.ipv4.tcp_sack", "0"), ("net.ipv4.tcp_ecn", "1")],
    },
];

/// One end's caller.
#[derive(Default, Debug)]
struct Caller {
    /// Its connection, once there is one.
    fd: Option<Fd>,
    listener: Option<Fd>,
    to_write: usize,
    written: usize,
    read: usize,
    eof: bool,
    failed: Option<&'static str>,
    ended: bool,
}

struct Run {
    world: World,
    log: StepLog,
    chance: Chance,
    weather: Weather,
    callers: [Caller; 2],
    corrupted: u32,
}

/// The `n`th octet that caller `i` writes.
fn octet(i: usize, n: usize) -> u8 {
    (n as u8).wrapping_mul(31) ^ (n >> 8) as u8 ^ [0x5a, 0xa5][i]
}

fn mac(i: usize) -> [u8; 6] {
    [2, 0, 0, 0, 0, i as u8 + 1]
}

fn address(i: usize, six: bool) -> IpAddr {
    let last = i as u8 + 1;
    if six { [0xfd00, 0, 0, 0, 0, 0, 0, u16::from(last)].into() } else { [10, 0, 0, last].into() }
}

fn host(i: usize, kind: &Kind, six: bool, seed: u64) -> HostConfig {
    HostConfig {
        name: format!("h{i}"),
        ifaces: vec![IfaceConfig {
            mtu: if six { kind.mtu.max(1_280) } else { kind.mtu }, // RFC 8200 §5
            neighbours: vec![(address(1 - i, six), mac(1 - i))],
            ..IfaceConfig::new(mac(i), address(i, six), if six { 64 } else { 24 })
        }],
        profile: kind.profile.into(),
        sysctls: kind.sysctls.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect(),
        seed: seed.wrapping_add(i as u64),
        ..HostConfig::default()
    }
}

impl Run {
    fn new(kinds: [&Kind; 2], six: bool, lengths: [usize; 2], seed: u64, weather: Weather) -> Run {
        let sends =
            Impairments { delay: Duration::from_millis(10), rate: Some(10_000_000), ..Default::default() };
        let port = |node| PortConfig { node, iface: 0, sends: sends.clone() };
        let world = World::new(&WorldConfig {
            nodes: (0..2).map(|i| host(i, kinds[i], six, seed)).collect(),
            links: vec![LinkConfig { name: "link".into(), ports: vec![port(0), port(1)], cable: false }],
            seed,
            parks: vec![],
            floods: vec![],
            rules: vec![],
            bridges: vec![],
        });
        let callers = lengths.map(|to_write| Caller { to_write, ..Caller::default() });
        let world = world.expect("a world");
        let (log, chance) = (StepLog::default(), Chance(seed | 1));
        let mut run = Run { world, log, chance, weather, callers, corrupted: 0 };
        let addr = SocketAddr::new(address(1, six), PORT);
        let server = run.opens(1, &addr);
        run.done(1, Call::Bind { fd: server, addr });
        run.done(1, Call::Listen { fd: server, backlog: 4 });
        run.callers[1].listener = Some(server);
        let client = run.opens(0, &addr);
        let connects = run.call(0, Call::Connect { fd: client, addr });
        assert_eq!(connects.unwrap_err(), "EINPROGRESS");
        run.callers[0].fd = Some(client);
        run
    }

    /// A socket that never waits.
    fn opens(&mut self, i: usize, to: &SocketAddr) -> Fd {
        let fd = self.done(i, Call::stream_for(to)) as Fd;
        self.done(i, Call::SetNonblocking { fd, on: true });
        fd
    }

    /// A call, and what the weather does to what it sent.
    fn call(&mut self, i: usize, call: Call) -> Result<(i64, Bytes), &'static str> {
        let result =
            self.world.call(NodeId(i as u16), SHELL, call, &mut self.log, &mut Tape::None).expect("a host");
        self.blow();
        match result {
            CallResult::Done(n, data) => Ok((n, data)),
            CallResult::Errno(errno) => Err(errno.0),
            CallResult::Blocked => panic!("a call of a socket that does not wait is parked"),
        }
    }

    fn done(&mut self, i: usize, call: Call) -> i64 {
        self.call(i, call).expect("a call that cannot fail").0
    }

    /// The weather, on every frame just launched.
    fn blow(&mut self) {
        let frames: Vec<_> = self.log.launched.iter().map(|l| (l.id, l.bytes.clone())).collect();
        let mut log = StepLog::default();
        for (id, bytes) in frames {
            if self.chance.one_in(self.weather.repeat) {
                self.world.duplicate(id, &mut log).expect("in flight");
            }
            if self.chance.one_in(self.weather.corrupt) {
                self.corrupt(id, &bytes);
            }
            if self.chance.one_in(self.weather.delay) {
                let by = Duration::from_micros(self.chance.next() % 60_000);
                self.world.delay(id, by, &mut log).expect("in flight");
            }
            if self.chance.one_in(self.weather.lose) {
                self.world.discard(id, &mut log).expect("in flight");
            }
        }
    }

    /// An octet changes on the way: no change of one octet gets past the checksums (RFC 1071).
    fn corrupt(&mut self, id: FrameId, bytes: &Bytes) {
        let mut bytes = bytes.to_vec();
        let at = self.chance.below(bytes.len());
        bytes[at] ^= 1 + self.chance.below(255) as u8;
        self.corrupted += 1;
        self.world.edit(id, bytes.into(), &mut StepLog::default()).expect("in flight");
    }

    /// What caller `i` would do now: take the connection, read, write, and say when it is done.
    fn work(&mut self, i: usize) {
        if let (None, Some(fd)) = (self.callers[i].fd, self.callers[i].listener)
            && let Ok((fd, _)) = self.call(i, Call::Accept { fd })
        {
            let fd = fd as Fd;
            self.callers[i].fd = Some(fd);
            self.done(i, Call::SetNonblocking { fd, on: true });
        }
        let Some(fd) = self.callers[i].fd.filter(|_| self.callers[i].failed.is_none()) else { return };
        if !self.callers[i].eof && !self.chance.one_in(4) {
            let len = 1 + self.chance.below(9_000);
            let got = self.call(i, Call::Recv { fd, len, flags: RecvFlags::default() });
            self.reads(i, got);
        }
        let Caller { to_write, written, .. } = self.callers[i];
        if written < to_write {
            let end = to_write.min(written + 1 + self.chance.below(5_000));
            let data: Vec<u8> = (written..end).map(|n| octet(i, n)).collect();
            let flags = SendFlags { no_signal: true, ..SendFlags::default() };
            match self.call(i, Call::Send { fd, data: data.into(), flags, to: None }) {
                Ok((n, _)) => self.callers[i].written += n as usize,
                Err("EAGAIN") => {}
                Err(errno) => self.callers[i].failed = Some(errno),
            }
        } else if !self.callers[i].ended
            && let Ok(_) = self.call(i, Call::Shutdown { fd, how: Shutdown::Write })
        {
            self.callers[i].ended = true;
        }
    }

    fn reads(&mut self, i: usize, got: Result<(i64, Bytes), &'static str>) {
        let caller = &mut self.callers[i];
        match got {
            Ok((0, _)) => caller.eof = true,
            Ok((_, data)) => {
                for (n, &got) in data.iter().enumerate() {
                    assert_eq!(got, octet(1 - i, caller.read + n), "octet {} of caller {i}", caller.read + n);
                }
                caller.read += data.len();
            }
            Err("EAGAIN" | "ENOTCONN") => {}
            Err(errno) => caller.failed = Some(errno),
        }
    }

    fn run_to_the_end(&mut self) {
        /// Rounds in which only callers have anything to do: now and then one does not read.
        const IDLE: u32 = 40;
        let mut idle = 0;
        for _ in 0..PATIENCE {
            if self.callers.iter().all(|c| c.eof && c.ended || c.failed.is_some()) {
                return;
            }
            let goes_on = self.world.step(&mut self.log, &mut Tape::None);
            if goes_on {
                self.blow();
            }
            self.world.assert_invariants();
            for i in 0..2 {
                self.work(i);
            }
            idle = if goes_on { 0 } else { idle + 1 };
            if idle > IDLE {
                return;
            }
        }
        panic!("no end after {PATIENCE} steps at {}", self.world.now());
    }

    /// Everything came through, or somebody knows that it did not.
    fn check(&self) {
        // A caller that has read to the end and written all is told when it asks (SO_ERROR).
        let pending =
            |i| self.world.host(NodeId(i)).is_some_and(|h| h.sockets().iter().any(|s| s.error.is_some()));
        let failed = self.callers.iter().any(|c| c.failed.is_some()) || pending(0) || pending(1);
        for (i, caller) in self.callers.iter().enumerate() {
            let sent = self.callers[1 - i].written;
            assert!(caller.read <= sent, "caller {i} read more than was written");
            assert!(!caller.eof || caller.read == sent, "caller {i} saw the end of file early");
            assert!(caller.eof || failed, "caller {i} neither finished nor was told why: {:?}", self.callers);
        }
    }
}

fn run(kinds: [usize; 2], six: bool, lengths: [usize; 2], seed: u64, weather: Weather) -> Run {
    let mut run = Run::new(kinds.map(|k| &KINDS[k]), six, lengths, seed, weather);
    run.run_to_the_end();
    run.check();
    run
}

#[test]
fn in_fair_weather_everything_comes_through() {
    for a in 0..KINDS.len() {
        for b in 0..KINDS.len() {
            let run = run([a, b], false, [30_000, 10_000], 7, Weather::default());
            assert!(run.callers.iter().all(|c| c.eof && c.failed.is_none()), "{a} to {b}");
        }
    }
}

#[test]
fn what_is_corrupted_is_thrown_away_and_sent_again() {
    let run = run([0, 0], false, [40_000, 0], 3, Weather { corrupt: 5, ..Weather::default() });
    assert!(run.corrupted > 3);
    assert!(run.callers.iter().all(|c| c.eof && c.failed.is_none()));
    let counters = run.world.host(NodeId(1)).expect("a host").counters();
    assert!(counters.iter().any(|(name, n)| name.ends_with("CsumErrors") && *n > 0), "{counters:?}");
}

fn one_in(least: u64) -> impl Strategy<Value = u64> {
    prop_oneof![1 => Just(0), 2 => least..60]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn octets_out_are_octets_in(
        kinds in [0..KINDS.len(), 0..KINDS.len()], six: bool, lengths in [0usize..40_000, 0usize..20_000], seed: u64,
        lose in one_in(5), repeat in one_in(3), delay in one_in(2), corrupt in one_in(5),
    ) {
        run(kinds, six, lengths, seed, Weather { lose, repeat, delay, corrupt });
    }
}
