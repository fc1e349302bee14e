//! What could come next on a line: names of calls that some descriptor has a use for, descriptors whose state allows
//! the call, addresses that are there, names of flags and options.

use super::table::{CALLS, Kind, Signature, Suits};
use super::{SHELL_COMMANDS, shell};
use crate::commands::{SHELL, node_id};
use crate::error::{Result, error, num};
use crate::session::Session;
use crate::view::{Completion, Completions};
use host::sockopt::{self, TABLE};
use host::{Fd, Host, SocketInfo};

/// Most that are offered at once.
const MOST: usize = 40;

impl Session {
    /// What could stand at the end of `line`, typed at a host.
    ///
    /// # Errors
    /// `unknown_node`.
    pub fn complete(&self, node: u32, line: &str) -> Result<Completions> {
        let host = self.world.host(node_id(node)?);
        let host = host.ok_or_else(|| error("unknown_node", [("node", num(node))]))?;
        let mine = own(host);
        let Some((name, args)) = line.split_once('(') else {
            let typed = line.trim_start();
            let from = line.len() - typed.len();
            let calls =
                CALLS.iter().filter(|c| c.suits == Suits::None || mine.iter().any(|(_, s)| c.suits.fits(s)));
            let calls = calls.map(|c| item(format!("{}(", c.name), c.usage()));
            let asks = SHELL_COMMANDS.iter().map(|(text, says)| item((*text).into(), (*says).into()));
            return Ok(offer(from, typed, calls.chain(asks), String::new()));
        };
        let Some(call) = CALLS.iter().find(|c| c.name == name.trim()) else {
            return Ok(Completions {
                from: line.chars().count() as u32,
                usage: String::new(),
                items: Vec::new(),
            });
        };
        let (before, typed) = split_last(args);
        let from = line.len() - typed.len();
        Ok(offer(from, typed, self.candidates(call, &before, host, &mine).into_iter(), call.usage()))
    }

    fn candidates(
        &self,
        call: &Signature,
        before: &[&str],
        host: &Host,
        mine: &[(Fd, SocketInfo)],
    ) -> Vec<Completion> {
        // An address in two arguments moves the parameters behind it by one.
        let address = call.params.iter().position(|p| p.kind == Kind::Address);
        let at = match address {
            Some(a) if before.len() > a => before.len() - 1,
            _ => before.len(),
        };
        let close = if at + 1 >= call.params.len() { ")" } else { ", " };
        match call.params.get(at).map(|p| p.kind) {
            Some(Kind::Fd) => {
                let fits = |s: &SocketInfo| call.suits == Suits::None || call.suits.fits(s);
                mine.iter()
                    .filter(|(_, s)| fits(s))
                    .map(|(fd, s)| item(format!("{fd}{close}"), shell::row(s)))
                    .collect()
            }
            Some(Kind::Address) if Some(before.len()) == address => self.addresses(call, host),
            Some(Kind::Address) => {
                [80, 8080, 21, 25].map(|p| item(format!("{p}{close}"), String::new())).into()
            }
            Some(Kind::Names(names)) => {
                let done = if close == ")" { ")" } else { "" };
                names.iter().map(|n| item(format!("{n}{done}"), String::new())).collect()
            }
            Some(Kind::Level) => ["SOL_SOCKET", "IPPROTO_TCP", "IPPROTO_IP"]
                .map(|n| item(format!("{n}{close}"), String::new()))
                .into(),
            Some(Kind::Option) => {
                let level = match before.last().map(|l| l.trim()) {
                    Some("SOL_SOCKET") => sockopt::SOCKET,
                    Some("IPPROTO_IP" | "SOL_IP") => sockopt::IP,
                    _ => sockopt::TCP,
                };
                let of = TABLE.iter().filter(|o| o.level == level);
                of.map(|o| item(format!("{}{close}", o.name), effect(o.effect).into())).collect()
            }
            Some(Kind::Int(..) | Kind::Text | Kind::Value) => Vec::new(),
            None => vec![item(")".into(), String::new())],
        }
    }

    /// bind(2) takes the host's own addresses, everything else those of the others.
    fn addresses(&self, call: &Signature, host: &Host) -> Vec<Completion> {
        let of = |h: &Host| -> Vec<(String, String)> {
            let addrs = h.config().ifaces.iter().flat_map(|i| &i.addrs);
            addrs.map(|(a, _)| (a.to_string(), h.config().name.clone())).collect()
        };
        let own = of(host);
        let mut all = vec![];
        if call.name == "bind" {
            all.push(item("\"0.0.0.0\", ".into(), "INADDR_ANY".into()));
            all.extend(own.iter().map(|(a, name)| item(format!("\"{a}\", "), name.clone())));
            return all;
        }
        for n in 0..self.world.nodes() {
            let others = self.world.host(net::NodeId(n)).map(of).unwrap_or_default();
            let others = others.into_iter().filter(|o| !own.contains(o));
            all.extend(others.map(|(a, name)| item(format!("\"{a}\", "), name)));
        }
        all
    }
}

/// Descriptors of the person's own shell.
pub(super) fn own(host: &Host) -> Vec<(Fd, SocketInfo)> {
    let sockets = host.sockets();
    let fds = host.processes().into_iter().find(|p| p.pid == SHELL).map(|p| p.fds).unwrap_or_default();
    fds.into_iter().filter_map(|(fd, id)| Some((fd, sockets.iter().find(|s| s.id == id)?.clone()))).collect()
}

fn effect(e: sockopt::Effect) -> &'static str {
    match e {
        sockopt::Effect::Simulated => "simulated",
        sockopt::Effect::Kept => "stored",
        sockopt::Effect::Read => "read-only",
    }
}

fn item(text: String, hint: String) -> Completion {
    Completion { text, hint }
}

/// The arguments that are finished, and the one that is being typed.
fn split_last(args: &str) -> (Vec<&str>, &str) {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (n, c) in args.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' | '|' if !quoted => {
                if c == ',' {
                    parts.push(&args[start..n]);
                }
                start = n + 1;
            }
            _ => {}
        }
    }
    (parts, args[start..].trim_start())
}

/// Those that begin as what was typed does. `from` comes in octets and goes out in characters.
fn offer(from: usize, typed: &str, all: impl Iterator<Item = Completion>, usage: String) -> Completions {
    let low = typed.to_ascii_lowercase();
    let items =
        all.filter(|c| c.text.to_ascii_lowercase().starts_with(&low) && c.text != typed).take(MOST).collect();
    Completions { from: from as u32, usage, items }
}
