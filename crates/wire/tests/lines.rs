//! Frames in one line, as tcpdump writes them.

use crate::common::zoo;
use wire::summary::{Relative, brief, ends, line};
use wire::tcp::{Flags, Header, Options, SackBlocks};
use wire::{Link, Seq, frame, ip};

#[test]
fn a_line_a_frame() {
    #[rustfmt::skip]
    let table = [
        ("SYN", "IP 10.0.0.1.40001 > 10.0.0.2.80: Flags [S], seq 1000, win 64240, options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 10], length 0"),
        ("data over IPv4", "IP 10.0.0.1.40001 > 10.0.0.2.80: Flags [P.], seq 1001:1006, ack 5001, win 502, options [nop,nop,TS val 7 ecr 8,nop,nop,sack 2 {1:2}{3:4}], length 5"),
        ("data over IPv6", "IP6 2001:db8::1.40001 > 2001:db8::2.80: Flags [P.], seq 1001:1006, ack 5001, win 502, options [nop,nop,TS val 7 ecr 8,nop,nop,sack 2 {1:2}{3:4}], length 5"),
        ("UDP", "IP 10.0.0.1.1024 > 10.0.0.2.53: UDP, length 5"),
        ("echo", "IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 7, seq 1, length 13"),
        ("ICMP error", "IP 10.0.0.1 > 10.0.0.2: ICMP unreachable - need to frag (mtu 1400), length 68"),
        ("ICMPv6 too big", "IP6 2001:db8::1 > 2001:db8::2: ICMP6, packet too big, mtu 1400, length 68"),
        ("ARP", "ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28"),
        ("with link padding", "IP 10.0.0.1.40001 > 10.0.0.2.80: Flags [P.], seq 1001:1006, ack 5001, win 502, options [nop,nop,TS val 7 ecr 8,nop,nop,sack 2 {1:2}{3:4}], length 5"),
        ("unknown type", "ethertype 0x88cc, length 91"),
        ("unknown protocol", "IP 10.0.0.1 > 10.0.0.2: ip-proto-99 57"),
        ("option length 0", "IP 10.0.0.1.40001 > 10.0.0.2.80: Flags [P.], seq 1001:1006, ack 5001, win 502, options [[bad opt 8]], length 5"),
    ];
    let zoo = zoo();
    for (name, want) in table {
        assert_eq!(line(&zoo.iter().find(|(n, _)| *n == name).unwrap().1), want);
    }
}

#[test]
fn in_few_words() {
    let zoo = zoo();
    assert_eq!(ends(&zoo[0].1), "10.0.0.1:40001 → 10.0.0.2:80");
    assert_eq!(brief(&zoo[0].1), "SYN, seq 1000, win 64240");
    assert_eq!(brief(&zoo[1].1), "PSH ACK, seq 1001, ack 5001, win 502, length 5");
    assert_eq!(ends(&zoo[2].1), "[2001:db8::1]:40001 → [2001:db8::2]:80");
    assert_eq!(ends(&zoo[8].1), "02:00:00:00:00:01 → 02:00:00:00:00:02");
    assert_eq!(brief(&zoo[5].1), "ICMP echo request, id 7, seq 1, length 13");
}

#[test]
fn whatever_is_cut_has_a_line() {
    for (_, frame) in zoo() {
        for len in 0..frame.len() {
            assert!(
                !line(&frame[..len]).is_empty()
                    && !brief(&frame[..len]).is_empty()
                    && !ends(&frame[..len]).is_empty()
            );
        }
    }
}

#[test]
fn a_connection_in_relative_numbers() {
    const CLIENT: u32 = 0xffff_fff0;
    let sack = SackBlocks {
        len: 1,
        blocks: [(Seq(CLIENT + 11), Seq(5)), Default::default(), Default::default(), Default::default()],
    };
    let segment = |there: bool, flags: Flags, seq: u32, ack: u32, len: usize, sack: SackBlocks| {
        let [src, dst] = if there { [[10, 0, 0, 1], [10, 0, 0, 2]] } else { [[10, 0, 0, 2], [10, 0, 0, 1]] };
        let (src_port, dst_port) = if there { (40001, 80) } else { (80, 40001) };
        let ip = ip::Header::new(ip::Addrs::V4 { src: src.into(), dst: dst.into() }, ip::TCP);
        let options = Options { sack, ..Options::default() };
        let header =
            Header { src_port, dst_port, seq: Seq(seq), ack: Seq(ack), flags, window: 9, urgent: 0, options };
        frame::emit_tcp(&Link::default(), &ip, &header, len, |out| out.resize(out.len() + len, 0))
    };
    let none = SackBlocks::default();
    let (syn, ack) = (Flags::SYN, Flags::ACK);
    #[rustfmt::skip]
    let table = [
        (true, syn, CLIENT, 0, 0, none, "Flags [S], seq 4294967280, win 9, length 0"),
        (false, syn | ack, 5000, CLIENT + 1, 0, none, "Flags [S.], seq 5000, ack 4294967281, win 9, length 0"),
        (true, ack, CLIENT + 1, 5001, 0, none, "Flags [.], ack 1, win 9, length 0"),
        (true, ack, CLIENT + 1, 5001, 20, none, "Flags [.], seq 1:21, ack 1, win 9, length 20"),
        (false, ack, 5001, CLIENT + 1, 0, sack, "Flags [.], ack 1, win 9, options [nop,nop,sack 1 {11:21}], length 0"),
        (true, Flags::RST, 7, 0, 0, none, "Flags [R], seq 7, win 9, length 0"),
    ];
    let mut relative = Relative::new();
    for (there, flags, seq, ack, len, sack, want) in table {
        let line = relative.line(&segment(there, flags, seq, ack, len, sack));
        assert_eq!(line.split_once(": ").unwrap().1, want);
    }
}
