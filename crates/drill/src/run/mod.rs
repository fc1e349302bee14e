//! Runs a script against a host: a stepper, one event of the script at a time, in virtual time. Its whole state can
//! be cloned, so a script can be stepped forwards and back.

mod args;
mod calls;
mod config;
mod connections;
mod expect;
mod figures;
mod icmp_names;
mod inject;
mod journal;
mod machine;
mod outbound;
mod peer;
mod seen;
mod step;
mod symbols;
mod system;

use crate::ast::{Script, Syscall};
use crate::code::Env;
use bytes::Bytes;
use calls::{Handle, Waiting};
use config::{Setting, Settings};
use host::{Fd, Host, HostConfig, IfaceConfig, RouteConfig};
pub use journal::{Deed, Failure, Happening};
use machine::{Machine, Stopped};
use peer::Peer;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::OnceLock;
use system::Outcome;
use tcp::time::{Duration, Instant};

/// How a script, or one line of it, ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Everything was as the script says.
    Passed,
    /// Something was not; the sentence says what.
    Failed(String),
    /// The script needs something that this interpreter or the host does not have.
    Unsupported(String),
}

/// The verdict on one event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineVerdict {
    /// Which event, from 0.
    pub event: usize,
    /// Its line in the script, from 1.
    pub line: u32,
    /// When it was done.
    pub at: Instant,
    /// How it ended.
    pub verdict: Verdict,
}

/// Why a line did not do what it should.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Problem {
    Failed(String),
    Unsupported(String),
}

impl Problem {
    fn failed(why: impl Into<String>) -> Problem {
        Problem::Failed(why.into())
    }
    fn unsupported(what: impl Into<String>) -> Problem {
        Problem::Unsupported(what.into())
    }
}
impl From<Stopped> for Problem {
    fn from(s: Stopped) -> Problem {
        Problem::Failed(s.0)
    }
}
impl From<String> for Problem {
    /// Sentences that begin so tell of what is not there, all others of what is wrong.
    fn from(s: String) -> Problem {
        match s.strip_prefix("unsupported: ") {
            Some(what) => Problem::Unsupported(what.into()),
            None => Problem::Failed(s),
        }
    }
}

/// The call that has not returned yet.
#[derive(Clone, Debug)]
struct Pending {
    call: Syscall,
    /// Its line.
    line: u32,
    /// When it should return, and by how much it may be off.
    end: Option<(Instant, Duration)>,
    /// It waits for readiness; none: the host parked it.
    waiting: Option<Waiting>,
    /// It has returned, and when.
    outcome: Option<(Instant, Outcome)>,
}

/// A script on its way.
#[derive(Clone, Debug)]
pub struct Run {
    script: Rc<Script>,
    settings: Settings,
    machine: Machine,
    /// The next event.
    next: usize,
    /// When the interpreter was done with the event before: relative times count from here.
    base: Instant,
    fds: BTreeMap<i64, Handle>,
    /// The host's descriptor of the newest socket.
    newest: Option<Fd>,
    peers: Vec<Peer>,
    /// What the socket under test is.
    under_test: connections::UnderTest,
    pending: Option<Pending>,
    env: Env,
    verdicts: Vec<LineVerdict>,
    outcome: Option<Verdict>,
    failure: Option<Failure>,
    /// The packet that the line being done looks at, as a script would write it.
    came: Option<String>,
    zeros: Bytes,
    files: BTreeMap<String, u64>,
    pipes: Vec<u64>,
    opened: Option<Handle>,
    /// What poll or epoll_wait found: script fd, events, user data.
    polled: Vec<(i64, u32, i64)>,
    /// Frames sent from here on are the doing of the closing calls at the script's end.
    closing_from: Option<u64>,
}

/// The largest write that a script makes at once, octets.
const ZEROS: usize = 16 << 20;

/// What scripts write: made once, shared by every run.
fn zeros() -> Bytes {
    static ALL: OnceLock<Bytes> = OnceLock::new();
    ALL.get_or_init(|| Bytes::from(vec![0; ZEROS])).clone()
}

impl Run {
    /// A script about to begin, on a host with the settings that scripts assume; its init command has been
    /// carried out.
    ///
    /// # Errors
    /// The verdict on a script that needs something that is not there, or that cannot begin.
    pub fn begin_script(script: Rc<Script>) -> Result<Run, Verdict> {
        let settings = Settings::read(&script).map_err(Verdict::Unsupported)?;
        if let Some((line, what)) = config::unsupported(&script) {
            return Err(Verdict::Unsupported(format!("line {line}: {what}")));
        }
        let host = Host::new(host_config(&settings)).map_err(Verdict::Unsupported)?;
        let mut run = Run {
            machine: Machine::new(host),
            settings,
            next: 0,
            base: Instant::ZERO,
            fds: BTreeMap::new(),
            newest: None,
            peers: Vec::new(),
            under_test: connections::UnderTest::default(),
            pending: None,
            env: Env::default(),
            verdicts: Vec::new(),
            outcome: None,
            failure: None,
            came: None,
            zeros: zeros(),
            files: BTreeMap::new(),
            pipes: Vec::new(),
            opened: None,
            polled: Vec::new(),
            closing_from: None,
            script,
        };
        if let Some(init) = run.script.init.clone()
            && let Err(problem) = run.command(&init.text)
        {
            run.end(problem, init.at.line);
        }
        match run.outcome.take() {
            Some(verdict) => Err(verdict),
            None => Ok(run),
        }
    }

    /// Runs everything there is left, and gives the verdict.
    pub fn to_the_end(&mut self) -> Verdict {
        while self.step() {}
        self.outcome.clone().unwrap_or(Verdict::Passed)
    }

    /// The script.
    pub fn script(&self) -> &Rc<Script> {
        &self.script
    }
    /// Index of the event about to run; none at the end.
    pub fn next_event(&self) -> Option<usize> {
        (self.outcome.is_none()).then_some(self.next)
    }
    /// Verdicts of the events done so far.
    pub fn verdicts(&self) -> &[LineVerdict] {
        &self.verdicts
    }
    /// The verdict on the whole, once there is one.
    pub fn outcome(&self) -> Option<&Verdict> {
        self.outcome.as_ref()
    }
    /// The clock.
    pub fn now(&self) -> Instant {
        self.machine.now
    }
    /// The host under test, for people to look at.
    pub fn host(&self) -> &Host {
        &self.machine.host
    }
    /// What `print` in the script's blocks of code wrote.
    pub fn printed(&self) -> &[String] {
        &self.env.printed
    }

    /// Carries out a command that is configuration.
    fn command(&mut self, text: &str) -> Result<(), Problem> {
        for setting in config::command(text).map_err(Problem::Unsupported)? {
            match setting {
                Setting::Defaults => self.machine.reset_settings(&self.settings.defaults())?,
                Setting::Sysctl(key, value) => self.machine.set_setting(&key, &value)?,
                Setting::Sleep(ns) => {
                    let until = self.machine.now + Duration(ns);
                    self.wait_until(until)?;
                }
                Setting::Zeros(path, len) => _ = self.files.insert(path, len),
                Setting::ForgetServers => self.machine.host.forget_servers(),
                Setting::Remove(path) => _ = self.files.remove(&path),
            }
        }
        Ok(())
    }
}

fn host_config(s: &Settings) -> HostConfig {
    HostConfig {
        name: "under test".into(),
        ifaces: vec![IfaceConfig {
            mtu: s.mtu,
            neighbours: vec![(s.gateway_ip, inject::GATEWAY_MAC.0)],
            ..IfaceConfig::new(inject::HOST_MAC.0, s.local_ip, if s.local_ip.is_ipv4() { 16 } else { 64 })
        }],
        routes: vec![RouteConfig::default_via(s.gateway_ip, Some(0))],
        profile: s.profile.clone(),
        sysctls: s.defaults().into_iter().map(|(k, v)| (k.to_string(), v)).collect(),
        seed: 1,
        ..HostConfig::default()
    }
}
