//! Processes: descriptors and programs.

use crate::program::{Names, Next, Program};
use crate::step::Step;
use crate::wait::{OK, Try, errno};
use crate::{Call, CallResult, CallText, Errno, Fd, Host, HostEvent, Pid, ProcessInfo, SockId, text};
use bytes::Bytes;
use std::rc::Rc;
use tcp::time::Instant;

/// The person's own shell.
pub(crate) const SHELL: Pid = Pid(0);

/// Descriptors 0, 1 and 2 are the terminal's.
const FIRST_FD: Fd = 3;

/// Status of a process that a signal ended: 128 and the signal's number (bash(1)).
const SIGPIPE: i32 = 13;

/// signal(7): those that end a process here.
fn signal_name(signal: i32) -> &'static str {
    match signal {
        6 => "SIGABRT",
        8 => "SIGFPE",
        SIGPIPE => "SIGPIPE",
        24 => "SIGXCPU",
        _ => "SIGSEGV",
    }
}

/// What is kept of a process's output, octets.
const OUTPUT_MAX: usize = 64 << 10;

/// RLIMIT_NPROC: a program that forks for ever must come to an end.
const PROCESSES_MAX: usize = 1000;

/// The descriptors of a process.
#[derive(Clone, Debug)]
pub(crate) struct FdTable {
    slots: Rc<Vec<Option<SockId>>>,
    /// No descriptor below is free.
    hint: usize,
    limit: usize,
}

impl FdTable {
    fn new(limit: u32) -> FdTable {
        FdTable { slots: Rc::default(), hint: 0, limit: (limit as usize).saturating_sub(FIRST_FD as usize) }
    }
    fn index(fd: Fd) -> Option<usize> {
        usize::try_from(fd - FIRST_FD.min(fd)).ok().filter(|_| fd >= FIRST_FD)
    }
    /// POSIX: the lowest that is free; none where the limit is reached (EMFILE).
    pub(crate) fn lowest_free(&self) -> Option<Fd> {
        let at = (self.hint..self.slots.len()).find(|&i| self.slots[i].is_none()).unwrap_or(self.slots.len());
        (at < self.limit).then(|| at as Fd + FIRST_FD)
    }
    fn get(&self, fd: Fd) -> Option<SockId> {
        *self.slots.get(Self::index(fd)?)?
    }
    fn insert(&mut self, fd: Fd, sock: SockId) {
        let Some(at) = Self::index(fd) else { return };
        let slots = Rc::make_mut(&mut self.slots);
        if slots.len() <= at {
            slots.resize(at + 1, None);
        }
        slots[at] = Some(sock);
        self.hint = at + 1;
    }
    pub(crate) fn remove(&mut self, fd: Fd) -> Option<SockId> {
        let at = Self::index(fd)?;
        self.get(fd)?;
        self.hint = self.hint.min(at);
        Rc::make_mut(&mut self.slots)[at].take()
    }
    /// In order.
    pub(crate) fn list(&self) -> Vec<(Fd, SockId)> {
        let all = self.slots.iter().enumerate();
        all.filter_map(|(i, s)| Some((i as Fd + FIRST_FD, (*s)?))).collect()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) pid: Pid,
    file: Rc<str>,
    pub(crate) fds: FdTable,
    /// None: the shell.
    program: Option<Program>,
    start: Instant,
    parent: Option<Pid>,
    /// What it wrote to its terminal.
    output: Rc<Vec<u8>>,
    /// Its children leave nothing to wait for (SIGCHLD is ignored).
    ignores_children: bool,
    /// SIGPIPE does nothing to it.
    ignores_sigpipe: bool,
    /// It is inside a call.
    waiting: bool,
    /// Kept by a person from making its next call.
    held: bool,
    /// It would have run on while it was held.
    due: bool,
    exited: Option<i32>,
    /// The signal that ended it.
    killed: Option<i32>,
}

impl Process {
    pub(crate) fn shell(nofile: u32) -> Process {
        Process {
            pid: SHELL,
            file: "sh".into(),
            fds: FdTable::new(nofile),
            program: None,
            start: Instant::ZERO,
            parent: None,
            output: Rc::default(),
            ignores_children: false,
            ignores_sigpipe: false,
            waiting: false,
            held: false,
            due: false,
            exited: None,
            killed: None,
        }
    }
    pub(crate) fn new(
        pid: Pid,
        file: &str,
        (mut program, names): (Program, &Rc<Names>),
        start: Instant,
        nofile: u32,
    ) -> Process {
        program.set_pid(pid.0);
        program.set_names(names);
        Process { pid, file: file.into(), program: Some(program), start, ..Process::shell(nofile) }
    }
    pub(crate) fn start(&self) -> Instant {
        self.start
    }
    /// See [`Host::lines_ahead`].
    pub(crate) fn program(&self) -> Option<&Program> {
        self.program.as_ref()
    }
    pub(crate) fn ahead(&self) -> Vec<u32> {
        match &self.program {
            Some(program) if self.runs() && !self.waiting => program.ahead(),
            _ => Vec::new(),
        }
    }
    pub(crate) fn runs(&self) -> bool {
        self.program.is_some() && self.exited.is_none()
    }
}

impl Host {
    pub(crate) fn fd_table(&self, pid: Pid) -> Option<&FdTable> {
        self.processes.get(&pid).map(|p| &p.fds)
    }
    pub(crate) fn fd_table_mut(&mut self, pid: Pid) -> Option<&mut FdTable> {
        self.processes.get_mut(&pid).map(|p| &mut p.fds)
    }
    pub(crate) fn socket_of(&self, pid: Pid, fd: Fd) -> Option<SockId> {
        self.fd_table(pid)?.get(fd)
    }
    /// Descriptor `fd` of `pid` points to the socket from now on.
    pub(crate) fn install(&mut self, pid: Pid, fd: Fd, id: SockId) {
        if let Some(table) = self.fd_table_mut(pid) {
            table.insert(fd, id);
        }
        if let Some(sock) = self.socks.get_mut(id) {
            sock.refs += 1;
            sock.owner.get_or_insert((pid, fd));
        }
    }

    pub(crate) fn run_process(&mut self, pid: Pid, cx: &mut Step) {
        let Some(process) = self.processes.get_mut(&pid) else { return };
        if !process.runs() || process.waiting {
            return;
        }
        if process.held {
            process.due = true;
            return;
        }
        let Some(program) = &mut process.program else { return };
        match program.run() {
            Next::Call(call) => {
                process.waiting = true;
                let result = self.enter(pid, call.clone(), cx);
                self.process_resumes(pid, &call, &result, cx);
            }
            Next::Exit(status) => self.exit(pid, status, cx),
            Next::Trap(signal, why) => {
                cx.out.events.push(HostEvent::CallReturned {
                    pid,
                    text: CallText::trapped(why),
                    result: CallResult::Errno(Errno("EFAULT")),
                });
                self.killed(pid, signal, cx);
            }
        }
    }

    /// A call of the process has ended (or, if `Blocked`, has not).
    pub(crate) fn process_resumes(&mut self, pid: Pid, call: &Call, result: &CallResult, cx: &mut Step) {
        if *result == CallResult::Blocked {
            return;
        }
        let Some(process) = self.processes.get_mut(&pid) else { return };
        let Some(program) = process.program.as_mut().filter(|_| process.waiting) else { return };
        program.resume(result);
        process.waiting = false;
        // write(2): nobody will read, and the process has not said that it can bear it.
        let quiet = process.ignores_sigpipe || matches!(call, Call::Send { flags, .. } if flags.no_signal);
        if *result == CallResult::Errno(Errno("EPIPE")) && !quiet {
            self.killed(pid, SIGPIPE, cx);
            return;
        }
        cx.out.runnable.push((pid, cx.now + self.config.call_time));
    }

    /// signal(7): its default action ends the process, whose status is what a shell makes of it.
    fn killed(&mut self, pid: Pid, signal: i32, cx: &mut Step) {
        if let Some(process) = self.processes.get_mut(&pid) {
            process.killed = Some(signal);
        }
        self.exit(pid, 128 + signal, cx);
    }

    /// exit(2): every descriptor is closed, in order.
    fn exit(&mut self, pid: Pid, status: i32, cx: &mut Step) {
        let Some(process) = self.processes.get_mut(&pid) else { return };
        process.exited = Some(status);
        let open = process.fds.list();
        let signal = process.killed.map(signal_name);
        cx.out.events.push(HostEvent::Exited { pid, status, signal });
        let parent = process.parent;
        self.forget_calls(pid, cx);
        for (fd, _) in open {
            self.sys_close_fd(pid, fd, cx);
        }
        let Some(parent) = parent else { return };
        if self.processes.get(&parent).is_some_and(|p| p.ignores_children) {
            self.processes.remove(&pid);
        }
        self.child_exited(parent, cx);
    }

    /// signal(2)
    pub(crate) fn ignore_sigpipe(&mut self, pid: Pid, on: bool) -> Try {
        let Some(process) = self.processes.get_mut(&pid) else { return errno("EINVAL") };
        let was = std::mem::replace(&mut process.ignores_sigpipe, on);
        Try::Done(was.into(), Bytes::new())
    }

    /// signal(2) of SIGCHLD
    pub(crate) fn ignore_children(&mut self, pid: Pid, on: bool) -> Try {
        let Some(process) = self.processes.get_mut(&pid) else { return errno("EINVAL") };
        let was = std::mem::replace(&mut process.ignores_children, on);
        Try::Done(was.into(), Bytes::new())
    }

    /// Descriptors 0, 1 and 2: nobody types, and what is written is kept for people to read. None: the call is not
    /// about them.
    pub(crate) fn at_terminal(&mut self, pid: Pid, call: &Call) -> Option<Try> {
        match call {
            Call::Read { fd: 0, .. } | Call::Close { fd: 0..=2 } => Some(OK),
            Call::Write { fd: 1 | 2, data } => {
                let output = Rc::make_mut(&mut self.processes.get_mut(&pid)?.output);
                output.extend_from_slice(data);
                let surplus = output.len().saturating_sub(OUTPUT_MAX);
                output.drain(..surplus);
                Some(Try::Done(data.len() as i64, Bytes::new()))
            }
            _ => None,
        }
    }

    /// fork(2): the child has the same program at the same place, and descriptors for the same sockets.
    pub(crate) fn sys_fork(&mut self, pid: Pid, cx: &mut Step) -> Try {
        let Some(process) = self.processes.get(&pid) else { return errno("EAGAIN") };
        // The person's shell has nothing that could run twice.
        let Some(program) = &process.program else { return errno("ENOSYS") };
        if self.processes.len() >= PROCESSES_MAX {
            return errno("EAGAIN");
        }
        let mut child = process.clone();
        let mut program = program.clone();
        program.resume(&CallResult::Done(0, Bytes::new()));
        child.pid = Pid(self.processes.iter().next_back().map_or(1, |(p, _)| p.0 + 1));
        program.set_pid(child.pid.0);
        child.output = Rc::default();
        (child.program, child.parent, child.waiting) = (Some(program), Some(pid), false);
        for (_, id) in child.fds.list() {
            if let Some(sock) = self.socks.get_mut(id) {
                sock.refs += 1;
            }
        }
        let new = child.pid;
        cx.out.runnable.push((new, cx.now + self.config.call_time));
        self.processes.insert(new, child);
        Try::Done(new.0.into(), Bytes::new())
    }

    /// waitpid(2). Errors: ECHILD.
    pub(crate) fn sys_waitpid(&mut self, pid: Pid, child: Option<Pid>, nohang: bool) -> Try {
        let mine = |p: &&Process| p.parent == Some(pid) && child.is_none_or(|c| c == p.pid);
        let mut children = self.processes.values().filter(mine);
        let Some(first) = children.next() else { return errno("ECHILD") };
        let Some((gone, status, killed)) =
            std::iter::once(first).chain(children).find_map(|p| Some((p.pid, p.exited?, p.killed)))
        else {
            return if nohang { OK } else { Try::WaitChild };
        };
        self.processes.remove(&gone);
        // WEXITSTATUS in the second octet, WTERMSIG in the first.
        let word = killed.unwrap_or(status << 8);
        Try::Done(gone.0.into(), Bytes::copy_from_slice(&word.to_le_bytes()))
    }

    pub(crate) fn park_process(&mut self, now: Instant, pid: Pid, on: bool, out: &mut crate::Output) {
        let Some(process) = self.processes.get_mut(&pid) else { return };
        process.held = on;
        if !on && std::mem::take(&mut process.due) {
            out.runnable.push((pid, now));
        }
    }

    pub(crate) fn process_info(&self, process: &Process) -> ProcessInfo {
        let (lines, line, results, variables, frames) = match &process.program {
            Some(p) => (p.lines().to_vec(), p.line(), p.results().to_vec(), p.variables(), p.frames()),
            None => Default::default(),
        };
        let mut parked = self.parked.values().filter(|p| p.pid == process.pid);
        let name = |call: &Call| text::name(call).to_owned();
        ProcessInfo {
            pid: process.pid,
            file: process.file.to_string(),
            lines,
            line: if process.exited.is_some() { 0 } else { line },
            blocked: parked.next().map(|p| name(&p.call)),
            parked: process.held,
            results,
            variables,
            frames,
            output: String::from_utf8_lossy(&process.output).into_owned(),
            fds: process.fds.list(),
            exited: process.exited,
            killed: process.killed.map(signal_name),
            parent: process.parent,
        }
    }
}
