//! What recvmsg(2) gives beside octets: flags, and control messages.

use super::super::args::{self, any, int, nth, nth_int};
use super::super::{Problem, Run, symbols};
use crate::ast::{Expr, Field, Syscall};
use host::error_queue::Notice;

/// A control message.
#[derive(Clone, Debug)]
enum Control {
    /// TCP_CM_INQ: octets that are left to read.
    Inq(i64),
    /// SCM_TIMESTAMPING: the software time, nanoseconds from the script's start.
    Stamp(u64),
    /// IP_RECVERR, IPV6_RECVERR: a `struct sock_extended_err`.
    Error(Notice),
}

fn flag(name: &str) -> i64 {
    symbols::value(name).unwrap_or(0)
}

impl Run {
    /// `{msg_flags=…, msg_control=[…]}` of recvmsg(2) against what came: all of it, and nothing else.
    pub(super) fn compare_message(&self, call: &Syscall, data: &[u8]) -> Result<(), Problem> {
        let message = args::fields(nth(&call.args, 1)?)?;
        let (flags, found) = self.message(call, message, data)?;
        if let Some(expected) = args::member(message, "msg_flags").filter(|f| !any(f)) {
            let expected = int(expected)?;
            if expected != flags {
                return Err(Problem::failed(format!("msg_flags is {flags:#x}, not {expected:#x}")));
            }
        }
        let Some(control) = args::member(message, "msg_control").filter(|c| !any(c)) else { return Ok(()) };
        let expected = args::list(control);
        if expected.len() != found.len() {
            return Err(Problem::failed(format!(
                "{} control messages came, not {}: {found:?}",
                found.len(),
                expected.len()
            )));
        }
        expected.iter().zip(&found).try_for_each(|(e, f)| self.compare_control(e, f))
    }

    /// Flags and control messages of what was received.
    fn message(
        &self,
        call: &Syscall,
        message: &[Field],
        data: &[u8],
    ) -> Result<(i64, Vec<Control>), Problem> {
        if nth_int(&call.args, 2)? & flag("MSG_ERRQUEUE") == 0 {
            let inq = self.machine.inq_message(self.socket_fd(&call.args)?);
            return Ok((0, inq.map(Control::Inq).into_iter().collect()));
        }
        let Some(notice) = Notice::read(data) else {
            return Err(Problem::failed("no entry of an error queue"));
        };
        let room = args::member(message, "msg_iov").filter(|e| !any(e)).map(args::iovec_len).transpose()?;
        // The packet that comes along is longer than any buffer that a script gives here.
        let room = room.unwrap_or(0);
        let cut = notice.packet && room < usize::from(self.settings.mtu) || room < notice.payload.len();
        let flags = flag("MSG_ERRQUEUE") | if cut { flag("MSG_TRUNC") } else { 0 };
        let stamp = notice.stamp.map(|at| Control::Stamp(at.0));
        Ok((flags, stamp.into_iter().chain([Control::Error(notice)]).collect()))
    }

    fn compare_control(&self, element: &Expr, found: &Control) -> Result<(), Problem> {
        let fields = args::fields(element)?;
        let part =
            |name| args::member(fields, name).ok_or_else(|| Problem::failed(format!("{name} is missing")));
        let (level, kind) = (int(part("cmsg_level")?)?, int(part("cmsg_type")?)?);
        let number = match found {
            Control::Inq(_) => (flag("SOL_TCP"), flag("TCP_CM_INQ")),
            Control::Stamp(_) => (flag("SOL_SOCKET"), flag("SCM_TIMESTAMPING")),
            Control::Error(_) if self.settings.local_ip.is_ipv4() => (flag("SOL_IP"), flag("IP_RECVERR")),
            Control::Error(_) => (flag("SOL_IPV6"), flag("IPV6_RECVERR")),
        };
        if number != (level, kind) {
            return Err(Problem::failed(format!(
                "control message {found:?} came, not level {level}, type {kind}"
            )));
        }
        let data = part("cmsg_data")?;
        match found {
            _ if any(data) => Ok(()),
            Control::Inq(n) => same("TCP_CM_INQ", *n, data),
            Control::Stamp(at) => self.compare_stamp(*at, args::fields(data)?),
            Control::Error(notice) => compare_notice(notice, args::fields(data)?),
        }
    }

    /// `{scm_sec=…, scm_nsec=…}`, within the tolerance that packets have.
    fn compare_stamp(&self, found: u64, fields: &[Field]) -> Result<(), Problem> {
        let number = |name| args::member(fields, name).map(int).transpose().map(Option::unwrap_or_default);
        let expected = number("scm_sec")?.saturating_mul(1_000_000_000).saturating_add(number("scm_nsec")?);
        let off = (found as i64).abs_diff(expected);
        if off > self.settings.tolerance_usecs.saturating_mul(1_000) {
            return Err(Problem::failed(format!("the timestamp is {found} ns, not {expected} ns")));
        }
        Ok(())
    }
}

/// `{ee_errno=…, ee_origin=…, …}`
fn compare_notice(found: &Notice, fields: &[Field]) -> Result<(), Problem> {
    let all = [
        ("ee_errno", found.errno),
        ("ee_origin", found.origin.into()),
        ("ee_type", found.kind.into()),
        ("ee_code", found.code.into()),
        ("ee_info", found.info),
        ("ee_data", found.data),
    ];
    for (name, value) in all {
        if let Some(expected) = args::member(fields, name) {
            same(name, value.into(), expected)?;
        }
    }
    Ok(())
}

fn same(name: &str, found: i64, expected: &Expr) -> Result<(), Problem> {
    if any(expected) || int(expected)? == found {
        return Ok(());
    }
    Err(Problem::failed(format!("{name} is {found}, not {}", int(expected)?)))
}
