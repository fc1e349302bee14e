//! What came of one step.

use crate::config::{FrameId, LinkId, NodeId};
use crate::standing::Act;
use bytes::Bytes;
use host::{HostEvent, Pid, TimerKey};
use tcp::rule::RuleDef;
use tcp::time::{Duration, Instant};

/// What a step was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// A frame reached an interface.
    Arrival {
        /// Frame.
        frame: FrameId,
        /// Who got it.
        node: NodeId,
    },
    /// A deadline came.
    Timer {
        /// Whose.
        node: NodeId,
        /// Which.
        key: TimerKey,
    },
    /// A process ran on until its next call.
    Process {
        /// Machine.
        node: NodeId,
        /// Process.
        pid: Pid,
    },
    /// A machine sent a SYN of its flood.
    Flood {
        /// Machine.
        node: NodeId,
    },
    /// The queue before a link handed its next frame on.
    Queue {
        /// Link.
        link: LinkId,
        /// Whose queue.
        node: NodeId,
    },
    /// A person did something.
    Hand,
}

/// A frame that was put on a link.
#[derive(Clone, Debug)]
pub struct Launched {
    /// Its name from now on.
    pub id: FrameId,
    /// Link.
    pub link: LinkId,
    /// Sender.
    pub from: NodeId,
    /// Receiver; none where no interface of the link has the address.
    pub to: Option<NodeId>,
    /// The whole Ethernet frame, without FCS.
    pub bytes: Bytes,
    /// When its first bit leaves.
    pub sent: Instant,
    /// Time to serialize it.
    pub duration: Duration,
    /// When its last bit arrives; where it is lost, when it would have.
    pub arrives: Instant,
    /// How often its octets had been sent before.
    pub resent: u8,
    /// Frame of which it is a copy.
    pub copy_of: Option<FrameId>,
    /// A person forged it.
    pub injected: bool,
    /// The link loses it.
    pub lost: Option<Loss>,
}

/// A frame lost by the link. What is lost never comes into anybody's hands.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Loss {
    /// Why.
    pub rule: &'static RuleDef,
    /// Two numbers of the rule for a short label.
    pub numbers: [u32; 2],
    /// When: half-way, or at the sender for a full queue.
    pub at: Instant,
}

/// What became of a frame that was on a link.
#[derive(Clone, PartialEq, Debug)]
pub enum Fate {
    /// The host took it.
    Delivered,
    /// The host refused it.
    Refused {
        /// Why.
        rule: &'static RuleDef,
        /// Two numbers of the rule.
        numbers: [u32; 2],
    },
    /// A person caught it.
    Held,
    /// A person let it go on: it will arrive then.
    Released {
        /// New time of arrival.
        arrives: Instant,
    },
    /// A person put other bytes in its place.
    Edited,
    /// A person added to its flight: it will arrive then (unless held).
    Delayed {
        /// New time of arrival.
        arrives: Instant,
    },
    /// A person took it away.
    Dropped,
    /// It has waited in a managed queue, and leaves now.
    Sent {
        /// When its first bit leaves.
        sent: Instant,
        /// When its last one arrives.
        arrives: Instant,
    },
    /// The link loses it, or its queue drops it.
    Lost(Loss),
}

/// Everything that came of a step. Reused from step to step.
#[derive(Clone, Debug)]
pub struct StepLog {
    /// Nobody asks for frames and their fates.
    silent: bool,
    /// What it was.
    pub step: Step,
    /// When.
    pub time: Instant,
    /// Frames put on links, in order of their ids.
    pub launched: Vec<Launched>,
    /// What became of frames on links.
    pub fates: Vec<(FrameId, Fate)>,
    /// What standing rules did to frames: frame, rule, and how.
    pub acts: Vec<(FrameId, u32, Act)>,
    /// What links did to frames that were not lost, with two numbers of the rule.
    pub impaired: Vec<(FrameId, &'static RuleDef, [u32; 2])>,
    /// What happened in hosts.
    pub events: Vec<(NodeId, HostEvent)>,
    /// The segment that arrived was known at a glance to be the next of its stream. Not said of every one that is.
    pub foreseen: bool,
}

impl Default for StepLog {
    fn default() -> Self {
        StepLog {
            silent: false,
            step: Step::Hand,
            time: Instant::ZERO,
            launched: vec![],
            fates: vec![],
            acts: vec![],
            impaired: vec![],
            events: vec![],
            foreseen: false,
        }
    }
}

impl StepLog {
    /// One for steps of which nobody asks what frames were put on links and reached somebody: `launched` has none of them,
    /// `fates` none that arrived. For who wants to be at a later step, and to know nothing of those before.
    pub fn silent() -> StepLog {
        StepLog { silent: true, ..StepLog::default() }
    }

    /// Whether somebody asks for frames and their fates.
    #[inline]
    pub(crate) fn listens(&self) -> bool {
        !self.silent
    }

    /// Notes a frame that takes off.
    #[inline]
    pub(crate) fn launch(&mut self, launched: impl FnOnce() -> Launched) {
        if self.listens() {
            self.launched.push(launched());
        }
    }

    /// Empties it for a step, a hand's until it turns out to be another.
    pub(crate) fn begin(&mut self, time: Instant) {
        self.step = Step::Hand;
        self.time = time;
        self.launched.clear();
        self.fates.clear();
        self.acts.clear();
        self.impaired.clear();
        self.events.clear();
        self.foreseen = false;
    }
}
