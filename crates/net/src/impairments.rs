//! What can be asked of a link, each way by itself. The words are those of tc-netem(8), tc-codel(8) and tc-red(8).

use tcp::time::Duration;

/// What a link does to the frames of one sender.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Impairments {
    /// Propagation: last bit out to last bit in.
    pub delay: Duration,
    /// Bits a second; none: no time to serialize.
    pub rate: Option<u64>,
    /// Octets that may wait for the rate; what finds more waiting is lost. None: any number.
    pub queue: Option<u32>,
    /// Probability that a frame is lost, 0 to 1.
    pub loss: f64,
    /// Frames that are lost whatever chance says.
    pub lose: Vec<LossRule>,
    /// The delay of each frame is this much more or less, evenly spread; never less than nothing.
    pub jitter: Duration,
    /// Jitter does not let a frame overtake another.
    pub in_order: bool,
    /// Probability that a frame goes without the delay, and so ahead of those before it (tc-netem(8) `reorder`), 0 to 1.
    pub reorder: f64,
    /// Losses that come in bursts.
    pub burst: Option<Burst>,
    /// Probability that a second copy comes right behind, 0 to 1.
    pub duplicate: f64,
    /// Probability that one bit of the datagram is turned, 0 to 1.
    pub corrupt: f64,
    /// How the queue before the link is managed.
    pub discipline: Discipline,
    /// Octets of the longest datagram that passes; longer ones vanish without a word. None: any.
    pub mtu: Option<u16>,
    /// Nothing passes.
    pub down: bool,
}

/// Loses the `nth` frame of a kind, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossRule {
    /// Which frames count.
    pub kind: FrameKind,
    /// Which of them is lost.
    pub nth: u32,
}

/// Kinds of frames that a [`LossRule`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// Every frame.
    Any,
    /// TCP segments with payload.
    Data,
    /// TCP segments with SYN.
    Syn,
    /// TCP segments with FIN.
    Fin,
    /// TCP segments with nothing but an acknowledgment.
    PureAck,
}

impl FrameKind {
    /// The word of scenario files: `data`, `pure_ack`.
    pub const fn name(self) -> &'static str {
        match self {
            FrameKind::Any => "any",
            FrameKind::Data => "data",
            FrameKind::Syn => "syn",
            FrameKind::Fin => "fin",
            FrameKind::PureAck => "pure_ack",
        }
    }
}

/// The model of Gilbert (1960) and Elliott (1963): a good and a bad state, each with a loss of its own. After each frame
/// the state may change. All are probabilities, 0 to 1; tc-netem(8) calls them p, r, 1-h and 1-k.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burst {
    /// That the good state ends with a frame.
    pub p: f64,
    /// That the bad state ends with a frame: bursts are 1/r frames long on average.
    pub r: f64,
    /// That a frame is lost in the bad state (1-h).
    pub bad_loss: f64,
    /// That a frame is lost in the good state (1-k).
    pub good_loss: f64,
}

/// What is done to frames that wait for the rate of a link.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Discipline {
    /// First in, first out, until the queue is full.
    #[default]
    DropTail,
    /// Controlled Delay (RFC 8289): what has waited too long for too long is dropped as it leaves the queue.
    Codel(Codel),
    /// Random Early Detection (Floyd and Jacobson 1993, RFC 2309): dropped by chance, the surer the longer the queue is on
    /// average.
    Red(Red),
}

/// What CoDel aims at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codel {
    /// How long frames may wait for good; 5 ms where nobody knows better (RFC 8289 §4.4).
    pub target: Duration,
    /// For how long they may wait longer: a round-trip time of the slowest; 100 ms (RFC 8289 §4.3).
    pub interval: Duration,
    /// What is ECN-capable is marked in place of dropped (RFC 3168).
    pub ecn: bool,
}

/// Where RED begins and ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Red {
    /// Octets of average queue from which on frames are dropped by chance.
    pub min: u32,
    /// Octets from which on each is dropped.
    pub max: u32,
    /// Chance of a drop right below `max`, 0 to 1.
    pub max_p: f64,
    /// Weight of the newest length in the average, more than 0, at most 1; 0.002 in the paper.
    pub weight: f64,
    /// What is ECN-capable is marked in place of dropped, below `max` (RFC 3168 §7).
    pub ecn: bool,
}

/// What is wrong with an impairment: which field, and how to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadImpairment {
    /// `loss`, `codel.target`, …
    pub field: &'static str,
    /// A sentence.
    pub problem: &'static str,
}

const PROBABILITY: &str = "must be from 0 (none) to 1 (all)";
const NO_RATE: &str = "needs a rate: without one no frame ever waits";
/// An hour: Mars is nearer.
const LONGEST: Duration = Duration::from_secs(3_600);

impl Impairments {
    /// # Errors
    /// The first field that makes no sense.
    pub fn check(&self) -> Result<(), BadImpairment> {
        let wrong = |field, problem| Err(BadImpairment { field, problem });
        let burst = self.burst.unwrap_or(Burst { p: 0.0, r: 0.0, bad_loss: 0.0, good_loss: 0.0 });
        let chances = [
            ("loss", self.loss),
            ("reorder", self.reorder),
            ("duplicate", self.duplicate),
            ("corrupt", self.corrupt),
            ("burst.p", burst.p),
            ("burst.r", burst.r),
            ("burst.bad_loss", burst.bad_loss),
            ("burst.good_loss", burst.good_loss),
        ];
        for (field, chance) in chances {
            if !(0.0..=1.0).contains(&chance) {
                return wrong(field, PROBABILITY);
            }
        }
        if self.rate == Some(0) {
            return wrong("rate", "must be more than 0; leave it out for no limit");
        }
        if self.delay > LONGEST {
            return wrong("delay", "must be an hour at most");
        }
        if self.jitter > LONGEST {
            return wrong("jitter", "must be an hour at most");
        }
        if self.lose.iter().any(|l| l.nth == 0) {
            return wrong("lose", "frames are counted from 1");
        }
        if self.mtu.is_some_and(|mtu| mtu < 68) {
            return wrong("mtu", "must be at least the 68 octets that IPv4 asks for (RFC 791)");
        }
        match self.discipline {
            Discipline::DropTail => Ok(()),
            Discipline::Codel(_) if self.rate.is_none() => wrong("codel", NO_RATE),
            Discipline::Red(_) if self.rate.is_none() => wrong("red", NO_RATE),
            Discipline::Codel(c) if c.interval == Duration::ZERO || c.interval > LONGEST => {
                wrong("codel.interval", "must be more than 0 and an hour at most")
            }
            Discipline::Codel(c) if c.target >= c.interval => {
                wrong("codel.target", "must be shorter than the interval")
            }
            Discipline::Red(red) if red.min >= red.max => wrong("red.min", "must be less than max"),
            Discipline::Red(red) if !(0.0..=1.0).contains(&red.max_p) => wrong("red.max_p", PROBABILITY),
            Discipline::Red(red) if !(red.weight > 0.0 && red.weight <= 1.0) => {
                wrong("red.weight", "must be more than 0 and at most 1")
            }
            _ => Ok(()),
        }
    }

    /// Whether there is more to it than delay, rate, the queue's length and losses frame by frame.
    pub(crate) fn is_plain(&self) -> bool {
        self.jitter == Duration::ZERO
            && self.reorder == 0.0
            && self.burst.is_none()
            && self.duplicate == 0.0
            && self.corrupt == 0.0
            && self.discipline == Discipline::DropTail
            && self.mtu.is_none()
            && !self.down
    }
}
