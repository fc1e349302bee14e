//! tshark, as a judge of captures.
#![allow(dead_code)]

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A display filter for everything that no frame of ours may be.
pub const WRONG: &str = "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 \
    || udp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0 \
    || tcp.option.len.invalid || _ws.expert.severity == error";

/// Lines of tshark's output; `None`, said aloud, where there is no tshark.
pub fn tshark(capture: &[u8], args: &[&str]) -> Option<Vec<String>> {
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    let (id, serial) = (std::process::id(), SERIAL.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(format!("tcp-playground-{id}-{serial}.pcapng"));
    std::fs::write(&path, capture).unwrap();
    let checks =
        ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];
    let out = Command::new("tshark").arg("-r").arg(&path).args(checks).args(args).output();
    std::fs::remove_file(&path).unwrap();
    match out {
        Ok(out) => {
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
            Some(String::from_utf8(out.stdout).unwrap().lines().map(str::to_owned).collect())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: tshark is not installed (apt-get install tshark)");
            None
        }
        Err(error) => panic!("tshark: {error}"),
    }
}
