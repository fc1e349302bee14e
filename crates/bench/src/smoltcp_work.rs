//! The same pieces of work done by smoltcp, in as small a simulator as does them: what our own numbers are held against.
use smoltcp::iface::{Config, Interface, PollResult, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{CongestionControl, Socket, SocketBuffer};
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpAddress, IpCidr};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

const RATE: u64 = 100_000_000;
const DELAY: u64 = 10_000_000;
const PORT: u16 = 80;
/// What a program writes or reads in a call, octets.
const CHUNK: usize = 16_384;
/// Send and receive buffer of a bulk transfer, octets: twice what is under way at 100 Mbit/s in 20 ms.
const BUFFER: usize = 512 * 1024;

/// An interface's frames: the one that has just come, and those that wait to go.
#[derive(Default)]
struct Card {
    rx: Option<Vec<u8>>,
    tx: VecDeque<Vec<u8>>,
    /// Buffers to be used again.
    spare: Vec<Vec<u8>>,
}

struct Received<'a>(&'a [u8]);
impl RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(self.0)
    }
}

struct Sending<'a> {
    tx: &'a mut VecDeque<Vec<u8>>,
    spare: &'a mut Vec<Vec<u8>>,
}
impl TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut frame = self.spare.pop().unwrap_or_default();
        frame.resize(len, 0);
        let result = f(&mut frame);
        self.tx.push_back(frame);
        result
    }
}

/// The card while smoltcp is polled: a frame is given once, and its buffer kept until the call returns.
struct Plugged<'a> {
    card: &'a mut Card,
    given: Option<Vec<u8>>,
}
impl Device for Plugged<'_> {
    type RxToken<'a>
        = Received<'a>
    where
        Self: 'a;
    type TxToken<'a>
        = Sending<'a>
    where
        Self: 'a;

    fn receive(&mut self, _: Instant) -> Option<(Received<'_>, Sending<'_>)> {
        let frame: &[u8] = self.given.insert(self.card.rx.take()?);
        Some((Received(frame), Sending { tx: &mut self.card.tx, spare: &mut self.card.spare }))
    }

    fn transmit(&mut self, _: Instant) -> Option<Sending<'_>> {
        Some(Sending { tx: &mut self.card.tx, spare: &mut self.card.spare })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        // Checksums are made and checked in both directions unless a device says otherwise.
        let mut capabilities = DeviceCapabilities::default();
        (capabilities.medium, capabilities.max_transmission_unit) = (Medium::Ethernet, 1_514);
        capabilities
    }
}

/// A machine: smoltcp, its card, and when it wants to be polled at the latest.
struct Machine {
    iface: Interface,
    sockets: SocketSet<'static>,
    card: Card,
    /// Frames on their way to it, in the order in which they come.
    coming: VecDeque<Vec<u8>>,
    /// When its link has sent all that was given to it, ns.
    busy_until: u64,
    /// The earliest event that stands in the queue for its timers, ns.
    wake: Option<u64>,
}

impl Machine {
    fn new(last: u8) -> Machine {
        let mut card = Card::default();
        let mac = HardwareAddress::Ethernet(EthernetAddress([2, 0, 0, 0, 0, last]));
        let mut config = Config::new(mac);
        config.random_seed = last.into();
        let mut iface =
            Interface::new(config, &mut Plugged { card: &mut card, given: None }, Instant::from_micros(0));
        iface.update_ip_addrs(|all| {
            // The list is new, and has room for two.
            _ = all.push(IpCidr::new(address(last), 24));
        });
        let sockets = SocketSet::new(Vec::new());
        Machine { iface, sockets, card, coming: VecDeque::new(), busy_until: 0, wake: None }
    }

    /// Takes a frame, or none; gives the frame's buffer back.
    fn ingress(&mut self, now: Instant, frame: Option<Vec<u8>>) -> Option<Vec<u8>> {
        self.card.rx = frame;
        let mut device = Plugged { card: &mut self.card, given: None };
        self.iface.poll_ingress_single(now, &mut device, &mut self.sockets);
        device.given
    }

    fn egress(&mut self, now: Instant) {
        let mut device = Plugged { card: &mut self.card, given: None };
        while self.iface.poll_egress(now, &mut device, &mut self.sockets) != PollResult::None {}
    }
}

fn address(last: u8) -> IpAddress {
    IpAddress::v4(10, 0, 0, last)
}

fn socket(buffer: usize, congestion: CongestionControl) -> Socket<'static> {
    let ring = || SocketBuffer::new(vec![0; buffer]);
    let mut socket = Socket::new(ring(), ring());
    socket.set_congestion_control(congestion);
    socket
}

/// What an event is: a frame reaches a machine, or its timers want a look.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrival(usize),
    Timer(usize),
}

/// Two machines on a link.
struct Simulation {
    now: u64,
    queue: BinaryHeap<Reverse<(u64, u64, Event)>>,
    serials: u64,
    machines: [Machine; 2],
    /// Time to serialize an octet, ns; 0: none.
    octet: u64,
    delay: u64,
    /// Of 2^32 frames, how many are lost.
    loss: u32,
    random: u32,
    /// Frames put on the link, both ways.
    frames: u32,
}

impl Simulation {
    fn new(octet: u64, delay: u64, loss: u32) -> Simulation {
        let machines = [Machine::new(1), Machine::new(2)];
        let queue = BinaryHeap::new();
        Simulation { now: 0, queue, serials: 0, machines, octet, delay, loss, random: 1, frames: 0 }
    }

    fn push(&mut self, at: u64, event: Event) {
        self.serials += 1;
        self.queue.push(Reverse((at, self.serials, event)));
    }

    fn instant(&self) -> Instant {
        Instant::from_micros((self.now / 1_000) as i64)
    }

    /// Lets a machine's program run, sends what it has to send, and sets its alarm.
    fn attend(&mut self, who: usize, program: &mut impl FnMut(usize, &mut Machine)) {
        let now = self.instant();
        let machine = &mut self.machines[who];
        program(who, machine);
        machine.egress(now);
        let due = machine.iface.poll_at(now, &machine.sockets).map(|at| at.total_micros() as u64 * 1_000);
        while let Some(frame) = self.machines[who].card.tx.pop_front() {
            self.launch(who, frame);
        }
        // smoltcp counts microseconds: what is due in this one is looked at in the next.
        let due = due.map(|at| at.max(self.now + 1_000));
        if let Some(at) = due
            && self.machines[who].wake.is_none_or(|wake| at < wake)
        {
            self.machines[who].wake = Some(at);
            self.push(at, Event::Timer(who));
        }
    }

    fn launch(&mut self, from: usize, frame: Vec<u8>) {
        self.frames += 1;
        let sender = &mut self.machines[from];
        sender.busy_until = sender.busy_until.max(self.now) + frame.len() as u64 * self.octet;
        let arrives = sender.busy_until + self.delay;
        if self.loss > 0 {
            // Numerical Recipes' linear congruential generator, as in the event queue's row.
            self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if self.random < self.loss {
                return;
            }
        }
        self.machines[1 - from].coming.push_back(frame);
        self.push(arrives, Event::Arrival(1 - from));
    }

    /// Handles events until `done`. False where nothing is left to happen.
    fn drive(
        &mut self,
        program: &mut impl FnMut(usize, &mut Machine),
        mut done: impl FnMut(&Simulation) -> bool,
    ) -> bool {
        while !done(self) {
            let Some(Reverse((at, _, event))) = self.queue.pop() else { return false };
            self.now = at;
            let now = self.instant();
            let who = match event {
                Event::Arrival(who) => {
                    let frame = self.machines[who].coming.pop_front();
                    if let Some(used) = self.machines[who].ingress(now, frame) {
                        self.machines[1 - who].card.spare.push(used);
                    }
                    who
                }
                // An alarm that was brought forward has left this one behind.
                Event::Timer(who) if self.machines[who].wake != Some(at) => continue,
                Event::Timer(who) => {
                    self.machines[who].wake = None;
                    who
                }
            };
            self.attend(who, program);
        }
        true
    }

    fn connect(&mut self, socket: Socket<'static>, port: u16) -> SocketHandle {
        let Machine { iface, sockets, .. } = &mut self.machines[0];
        let handle = sockets.add(socket);
        if let Err(e) = sockets.get_mut::<Socket>(handle).connect(iface.context(), (address(2), PORT), port) {
            panic!("the benchmark's own call is wrong: {e}");
        }
        handle
    }

    fn listen(&mut self, mut socket: Socket<'static>) -> SocketHandle {
        if let Err(e) = socket.listen(PORT) {
            panic!("the benchmark's own call is wrong: {e}");
        }
        self.machines[1].sockets.add(socket)
    }
}

/// A sender that always writes and a reader that always reads, until `done`. Gives octets read.
fn transfer(
    sim: &mut Simulation,
    congestion: CongestionControl,
    done: impl FnMut(&Simulation) -> bool,
) -> u64 {
    let reader = sim.listen(socket(BUFFER, congestion));
    let writer = sim.connect(socket(BUFFER, congestion), 50_000);
    let (zeros, mut buffer, mut read) = ([0; CHUNK], [0; CHUNK], 0);
    let mut program = |who: usize, machine: &mut Machine| {
        if who == 0 {
            let socket = machine.sockets.get_mut::<Socket>(writer);
            // A program that waits for room for a whole write, as ours is woken.
            while socket.may_send() && socket.send_capacity() - socket.send_queue() >= CHUNK {
                if socket.send_slice(&zeros).is_err() {
                    return;
                }
            }
        } else {
            let socket = machine.sockets.get_mut::<Socket>(reader);
            while socket.can_recv() {
                let Ok(n) = socket.recv_slice(&mut buffer) else { return };
                read += n as u64;
            }
        }
    };
    sim.attend(0, &mut program);
    sim.drive(&mut program, done);
    read
}

/// The bulk transfer of [`crate::bulk`], without congestion control, which is the quickest that smoltcp has.
pub fn bulk(frames: u32) -> u32 {
    let mut sim = Simulation::new(8_000_000_000 / RATE, DELAY, 0);
    transfer(&mut sim, CongestionControl::None, |s| s.frames >= frames);
    sim.frames
}

/// The goodput of [`crate::goodput`] by smoltcp's Reno or, else, its CUBIC.
pub fn goodput(seconds: u64, reno: bool) -> f64 {
    let one_percent = (u64::from(u32::MAX) / 100) as u32;
    let mut sim = Simulation::new(8_000_000_000 / RATE, DELAY, one_percent);
    let congestion = if reno { CongestionControl::Reno } else { CongestionControl::Cubic };
    let end = seconds * 1_000_000_000;
    let read = transfer(&mut sim, congestion, |s| s.now >= end);
    read as f64 * 8.0 / seconds as f64
}

/// The connections of [`crate::setup`], with rings of 2 + 2 KiB. smoltcp has one socket a connection from the
/// start, and looks through all of them for each frame.
pub fn setup(connections: u32) -> u32 {
    const RING: usize = 2_048;
    let mut sim = Simulation::new(0, 10_000, 0);
    let mut nothing = |_: usize, _: &mut Machine| {};
    for n in 0..connections {
        let accepted = sim.listen(socket(RING, CongestionControl::None));
        sim.connect(socket(RING, CongestionControl::None), 1_024 + n as u16);
        sim.attend(0, &mut nothing);
        let open = |s: &Simulation| s.machines[1].sockets.get::<Socket>(accepted).may_send();
        if !sim.drive(&mut nothing, open) {
            return n;
        }
    }
    connections
}
