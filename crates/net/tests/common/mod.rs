//! Two hosts and a wire, for tests of what the wire does.
#![allow(dead_code)]
use bytes::Bytes;
use host::{HostConfig, IfaceConfig};
use net::{Impairments, LinkConfig, PortConfig, World, WorldConfig};
use std::net::{IpAddr, Ipv4Addr};
use wire::{Link, Mac, ip, udp};

fn host(n: u8) -> HostConfig {
    HostConfig {
        name: format!("h{n}"),
        ifaces: vec![IfaceConfig::new([2, 0, 0, 0, 0, n], IpAddr::V4(Ipv4Addr::new(10, 0, 0, n)), 24)],
        seed: n.into(),
        ..HostConfig::default()
    }
}

/// Two hosts; the link does this to what the first one sends. The second one answers nobody.
pub fn world(sends: Impairments) -> World {
    let port = |node, sends| PortConfig { node, iface: 0, sends };
    let ports = vec![port(0, sends), port(1, Impairments::default())];
    World::new(&WorldConfig {
        nodes: vec![host(1), host(2)],
        links: vec![LinkConfig { name: "wire".into(), ports, cable: false }],
        seed: 6,
        parks: vec![],
        floods: vec![],
        rules: vec![],
        bridges: vec![],
    })
    .expect("a world")
}

/// A frame of `len` octets of a type that no host knows.
pub fn frame(len: usize) -> Bytes {
    let mut bytes = vec![0; len];
    bytes[..12].copy_from_slice(&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]);
    bytes[12..14].copy_from_slice(&[0x88, 0xb5]); // local experimental EtherType 1, IEEE 802
    bytes.into()
}

/// A UDP datagram to an address that nobody has, whose sender says that it understands ECN (RFC 3168 §5), or not.
pub fn datagram(ecn: u8, six: bool) -> Bytes {
    let (src, dst) = if six { ("2001:db8::1", "2001:db8::2") } else { ("10.0.0.1", "10.0.0.9") };
    let addrs = ip::Addrs::new(src.parse().expect("an address"), dst.parse().expect("an address"));
    let header = ip::Header::new(addrs.expect("of one family"), ip::UDP);
    let link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 1]) };
    let ports = udp::Header { src_port: 1, dst_port: 2 };
    let mut bytes =
        wire::frame::emit_udp(&link, &header, &ports, 958, |out| out.resize(out.len() + 958, 0)).to_vec();
    if six {
        bytes[15] |= ecn << 4;
    } else {
        bytes[15] |= ecn;
        bytes[24..26].fill(0);
        let sum = wire::checksum::Sum::new().octets(&bytes[14..34]).checksum();
        bytes[24..26].copy_from_slice(&sum.to_be_bytes());
    }
    bytes.into()
}
