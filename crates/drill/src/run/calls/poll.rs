//! poll(2) and epoll(7): readiness of the host's sockets, asked again whenever something happened.

use super::super::args::{self, any, int, nth, nth_int};
use super::super::{Problem, Run};
use super::{Begin, Handle, Started, errno, over};
use crate::ast::{Expr, Syscall};
use std::collections::BTreeMap;
use tcp::time::{Duration, Instant};

const ERR: u32 = 0x8;
const HUP: u32 = 0x10;
const NVAL: u32 = 0x20;
const EDGE: u32 = 1 << 31;
const ONE_SHOT: u32 = 1 << 30;

/// An epoll instance: interest by the script's descriptor.
#[derive(Clone, Default, Debug)]
pub(crate) struct Epoll {
    interest: BTreeMap<i64, Interest>,
}

#[derive(Clone, Debug)]
struct Interest {
    events: u32,
    data: i64,
    /// What was last reported, for edges: mask and a count that grows with each arrival and each space freed.
    reported: Option<(u32, u64)>,
    /// EPOLLONESHOT has fired.
    spent: bool,
}

/// A call that waits for readiness.
#[derive(Clone, Debug)]
pub(crate) enum Waiting {
    /// `(script fd, events)` of poll, and until when.
    Poll(Vec<(i64, u32)>, Option<Instant>),
    /// Script fd of the epoll instance, most events, until when.
    Epoll(i64, usize, Option<Instant>),
}

impl Waiting {
    /// When it gives up.
    pub(crate) fn until(&self) -> Option<Instant> {
        match self {
            Waiting::Poll(_, until) | Waiting::Epoll(_, _, until) => *until,
        }
    }
}

impl Run {
    /// `poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, timeout)`
    pub(super) fn begin_poll(&mut self, a: &[Expr]) -> Begin {
        let mut asked = Vec::new();
        for element in args::list(nth(a, 0)?) {
            let fields = args::fields(element)?;
            let part = |name| args::member(fields, name).map(int).transpose();
            let (Some(fd), Some(events)) = (part("fd")?, part("events")?) else {
                return Err(Problem::failed(format!("{}: fd and events were expected here", element.at)));
            };
            asked.push((fd, events as u32));
        }
        let until = self.deadline(nth_int(a, 2)?);
        self.await_readiness(Waiting::Poll(asked, until))
    }

    /// Milliseconds from now; below 0: for ever.
    fn deadline(&self, ms: i64) -> Option<Instant> {
        u64::try_from(ms).ok().map(|ms| self.machine.now + Duration::from_millis(ms))
    }

    fn await_readiness(&mut self, waiting: Waiting) -> Begin {
        Ok(match self.ready(&waiting) {
            Some(n) => over(n),
            None => Started::Waiting(waiting),
        })
    }

    /// How many descriptors are ready; `None` while the call goes on waiting.
    pub(crate) fn ready(&mut self, waiting: &Waiting) -> Option<i64> {
        self.polled.clear();
        match waiting {
            Waiting::Poll(asked, _) => {
                for (fd, events) in asked {
                    let mask = self.readiness(*fd).map_or(NVAL, |(mask, _)| mask & (events | ERR | HUP));
                    self.polled.push((*fd, mask, 0));
                }
            }
            Waiting::Epoll(instance, most, _) => self.epoll_ready(*instance, *most),
        }
        let n = self.polled.iter().filter(|(_, mask, _)| *mask != 0).count() as i64;
        let over = waiting.until().is_some_and(|t| t <= self.machine.now);
        (n > 0 || over).then_some(n)
    }

    fn readiness(&self, script_fd: i64) -> Option<(u32, u64)> {
        match self.fds.get(&script_fd)? {
            Handle::Socket(fd) => self.machine.readiness(*fd),
            _ => None,
        }
    }

    fn epoll_ready(&mut self, instance: i64, most: usize) {
        let Some(Handle::Epoll(mut epoll)) = self.fds.get(&instance).cloned() else { return };
        for (fd, interest) in &mut epoll.interest {
            if self.polled.len() >= most || interest.spent {
                continue;
            }
            let Some((mask, activity)) = self.readiness(*fd) else { continue };
            let mask = mask & (interest.events | ERR | HUP);
            let news = match interest.reported {
                Some((old, seen)) if interest.events & EDGE != 0 => mask & !old != 0 || activity > seen,
                _ => true,
            };
            if mask == 0 {
                // What is not ready now will be an edge when it comes.
                if let Some(reported) = &mut interest.reported {
                    reported.0 = 0;
                }
                continue;
            }
            if news {
                interest.reported = Some((mask, activity));
                interest.spent = interest.events & ONE_SHOT != 0;
                self.polled.push((*fd, mask, interest.data));
            }
        }
        self.fds.insert(instance, Handle::Epoll(epoll));
    }

    /// `epoll_ctl(ep, EPOLL_CTL_ADD, fd, {events=EPOLLIN, fd=4})`
    pub(super) fn begin_epoll_ctl(&mut self, a: &[Expr]) -> Begin {
        let (instance, operation, fd) = (nth_int(a, 0)?, nth_int(a, 1)?, nth_int(a, 2)?);
        if !matches!(self.fds.get(&fd), Some(Handle::Socket(_))) {
            return Ok(errno("EBADF"));
        }
        let interest = if operation == 2 { None } else { Some(interest(nth(a, 3)?, fd)?) };
        let Some(Handle::Epoll(epoll)) = self.fds.get_mut(&instance) else { return Ok(errno("EINVAL")) };
        match (operation, interest) {
            (1, _) if epoll.interest.contains_key(&fd) => Ok(errno("EEXIST")),
            (2 | 3, _) if !epoll.interest.contains_key(&fd) => Ok(errno("ENOENT")),
            (1 | 3, Some(interest)) => {
                epoll.interest.insert(fd, interest);
                Ok(over(0))
            }
            (2, _) => {
                epoll.interest.remove(&fd);
                Ok(over(0))
            }
            _ => Ok(errno("EINVAL")),
        }
    }

    /// `epoll_wait(ep, {events=EPOLLIN, fd=4}, 1, timeout)`
    pub(super) fn begin_epoll_wait(&mut self, a: &[Expr]) -> Begin {
        let instance = nth_int(a, 0)?;
        if !matches!(self.fds.get(&instance), Some(Handle::Epoll(_))) {
            return Ok(errno("EBADF"));
        }
        let most = usize::try_from(nth_int(a, 2)?).unwrap_or(0);
        if most == 0 {
            return Ok(errno("EINVAL"));
        }
        let until = self.deadline(nth_int(a, 3)?);
        self.await_readiness(Waiting::Epoll(instance, most, until))
    }

    /// A closed descriptor leaves every epoll instance.
    pub(super) fn forget_polled(&mut self, fd: i64) {
        for handle in self.fds.values_mut() {
            if let Handle::Epoll(epoll) = handle {
                epoll.interest.remove(&fd);
            }
        }
    }

    /// Events that came back, against the script's.
    pub(super) fn compare_ready(&self, call: &Syscall) -> Result<(), Problem> {
        let (position, name) = if call.name == "poll" { (0, "revents") } else { (1, "events") };
        let elements = nth(&call.args, position)?;
        if any(elements) {
            return Ok(());
        }
        let ready: Vec<_> = self.polled.iter().filter(|(_, m, _)| call.name == "poll" || *m != 0).collect();
        for (element, (_, mask, data)) in args::list(elements).iter().zip(ready) {
            if any(element) {
                continue;
            }
            let fields = args::fields(element)?;
            if let Some(expected) = args::member(fields, name).filter(|e| !any(e)) {
                let expected = int(expected)? as u32;
                if expected != *mask {
                    return Err(Problem::failed(format!("{name} is {mask:#x}, not {expected:#x}")));
                }
            }
            if call.name != "poll"
                && let Some(expected) = user_data(fields)?
                && expected != *data
            {
                return Err(Problem::failed(format!("epoll data is {data}, not {expected}")));
            }
        }
        Ok(())
    }
}

fn interest(e: &Expr, fd: i64) -> Result<Interest, Problem> {
    let fields = args::fields(e)?;
    let events = args::member(fields, "events").map(int).transpose()?.unwrap_or(0) as u32;
    Ok(Interest { events, data: user_data(fields)?.unwrap_or(fd), reported: None, spent: false })
}

/// The member of `epoll_data` that is given.
fn user_data(fields: &[crate::ast::Field]) -> Result<Option<i64>, Problem> {
    let names = ["fd", "ptr", "u32", "u64"];
    let given = names.iter().find_map(|n| args::member(fields, n)).filter(|e| !any(e));
    given.map(int).transpose()
}
