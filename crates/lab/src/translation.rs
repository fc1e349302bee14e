//! What a scenario says of a translator: `"nat": {"outside": ["eth1"], "mapping": "endpoint_independent", "forwards":
//! [{"protocol": "tcp", "port": 80, "to": "192.168.1.10:80"}]}` on a node of the kind `nat`.

use crate::error::Result;
use crate::read::{Read, Reading, Wrong, reads};
use crate::scenario::{Node, bad};
use crate::schema::{self, Defs};
use crate::topology::NodeKind;
use host::{Depends, NatConfig, PortForward, Unsolicited};
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::{SocketAddr, SocketAddrV4};

/// How a node translates. What is left out is as Linux does it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Translation {
    /// Interfaces to the outside; none: the last one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<String>,
    /// On what a mapping depends (RFC 4787 §4.1).
    pub mapping: DependsOn,
    /// On what it depends who may pass one (RFC 4787 §5).
    pub filtering: DependsOn,
    /// A mapping has the port of the inside wherever that is free.
    pub port_preservation: bool,
    /// Hosts inside reach each other by the outer address.
    pub hairpin: bool,
    /// What becomes of what nobody inside asked for.
    pub unsolicited: Policy,
    /// Ports of the outside that lead to a host inside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forwards: Vec<Forward>,
}

/// A forwarded port.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forward {
    /// `tcp` or `udp`.
    pub protocol: String,
    /// Port of the outer address.
    pub port: u16,
    /// Address and port inside.
    pub to: SocketAddr,
}

macro_rules! words {
    ($(#[$m:meta])* $name:ident of $core:ty { $($word:literal $variant:ident),* $(,)? }) => {
        $(#[$m])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs)]
        pub enum $name {$($variant),*}
        impl $name {
            fn core(self) -> $core {
                match self {$($name::$variant => <$core>::$variant),*}
            }
        }
        impl Read for $name {
            fn schema(_: &mut Defs) -> serde_json::Value {
                schema::words(&[$($word),*])
            }
            fn read(value: &serde_json::Value) -> Reading<$name> {
                match value.as_str() {
                    $(Some($word) => Ok($name::$variant),)*
                    _ => Err(Wrong::new(format!("{value} is not known here; there are {}", [$($word),*].join(", ")))),
                }
            }
        }
    };
}
words!(
    /// See [`Depends`].
    DependsOn of Depends {
        "endpoint_independent" EndpointIndependent,
        "address_dependent" AddressDependent,
        "address_and_port_dependent" AddressAndPortDependent,
    }
);
words!(
    /// See [`Unsolicited`].
    Policy of Unsolicited { "drop" Drop, "reject" Reject, "accept" Accept }
);

reads!(Translation {
    outside = Vec::new(), mapping = DependsOn::AddressAndPortDependent, filtering = DependsOn::AddressAndPortDependent, port_preservation = true,
    hairpin = true, unsolicited = Policy::Drop, forwards = Vec::new()
});
reads!(Forward { protocol, port, to });

impl Default for Translation {
    fn default() -> Translation {
        Translation {
            outside: Vec::new(),
            mapping: DependsOn::AddressAndPortDependent,
            filtering: DependsOn::AddressAndPortDependent,
            port_preservation: true,
            hairpin: true,
            unsolicited: Policy::Drop,
            forwards: Vec::new(),
        }
    }
}

impl Node {
    /// What the node's host is told of translation; `n` is the node's place, for complaints.
    pub(crate) fn translation(&self, n: usize) -> Result<Option<NatConfig>> {
        let at = |field: String, problem: String| bad(format!("nodes[{n}].nat{field}: {problem}"));
        let nat = match (&self.nat, self.kind) {
            (Some(nat), NodeKind::Nat) => nat.clone(),
            (None, NodeKind::Nat) => Translation::default(),
            (Some(_), _) => return Err(at(String::new(), "only a node of the kind `nat` translates".into())),
            (None, _) => return Ok(None),
        };
        let mut outside = Vec::new();
        for (k, name) in nat.outside.iter().enumerate() {
            outside.push(self.interface(name).map_err(|p| at(format!(".outside[{k}]"), p))?);
        }
        if outside.is_empty() {
            outside.extend(self.interfaces.len().checked_sub(1));
        }
        let mut forwards = Vec::new();
        for (k, forward) in nat.forwards.iter().enumerate() {
            let protocol = match forward.protocol.as_str() {
                "tcp" => wire::ip::TCP,
                "udp" => wire::ip::UDP,
                other => {
                    return Err(at(
                        format!(".forwards[{k}].protocol"),
                        format!("“{other}” has no ports here; there are tcp and udp"),
                    ));
                }
            };
            let SocketAddr::V4(to) = forward.to else {
                return Err(at(
                    format!(".forwards[{k}].to"),
                    "only IPv4 is translated; give such an address".into(),
                ));
            };
            let (to, to_port): (_, u16) = (*SocketAddrV4::ip(&to), to.port());
            forwards.push(PortForward { protocol, port: forward.port, to, to_port });
        }
        Ok(Some(NatConfig {
            outside,
            mapping: nat.mapping.core(),
            filtering: nat.filtering.core(),
            port_preservation: nat.port_preservation,
            forwards,
            hairpin: nat.hairpin,
            unsolicited: nat.unsolicited.core(),
        }))
    }

    /// Settings by sysctl name: those of the node's kind, then its own.
    pub(crate) fn all_sysctls(&self) -> Vec<(String, String)> {
        let forwards = matches!(self.kind, NodeKind::Router | NodeKind::Nat);
        let kind = ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"];
        let kind = kind.iter().filter(|_| forwards).map(|name| ((*name).to_owned(), "1".to_owned()));
        let own: &BTreeMap<String, String> = &self.sysctls;
        kind.chain(own.iter().map(|(k, v)| (k.clone(), v.clone()))).collect()
    }
}
