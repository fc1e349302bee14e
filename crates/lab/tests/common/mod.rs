//! tshark, as a judge of captures.
#![allow(dead_code)]

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A display filter for everything that no frame of ours may be.
pub const WRONG: &str = "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 \
    || udp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0 \
    || tcp.option.len.invalid || _ws.expert.severity == error";

/// What tshark is to reckon again.
const CHECKS: [&str; 6] =
    ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];

/// Lines of one tshark that reads many captures, one after the other, each a section (`frame.section_number` tells them apart,
/// from 1 on); `None`, said aloud, where there is no tshark. A tshark a capture takes longer to begin than to read.
pub fn tshark_sections(captures: impl Iterator<Item = Vec<u8>>, args: &[&str]) -> Option<Vec<String>> {
    let mut command = Command::new("tshark");
    command.args(["-r", "-"]).args(CHECKS).args(args);
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match started {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: tshark is not installed (apt-get install tshark)");
            return None;
        }
        started => started.expect("tshark runs"),
    };
    let (mut stdin, mut stdout) = (child.stdin.take()?, child.stdout.take()?);
    let said = std::thread::scope(|scope| {
        let said = scope.spawn(move || {
            let mut said = String::new();
            stdout.read_to_string(&mut said).map(|_| said)
        });
        // Where tshark ends early, its last words say why.
        for capture in captures {
            if stdin.write_all(&capture).is_err() {
                break;
            }
        }
        drop(stdin);
        said.join().expect("it is read").expect("UTF-8")
    });
    let out = child.wait_with_output().expect("tshark ends");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Some(said.lines().map(str::to_owned).collect())
}

/// Lines of tshark's output; `None`, said aloud, where there is no tshark.
pub fn tshark(capture: &[u8], args: &[&str]) -> Option<Vec<String>> {
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    let (id, serial) = (std::process::id(), SERIAL.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(format!("tcp-playground-{id}-{serial}.pcapng"));
    std::fs::write(&path, capture).unwrap();
    let out = Command::new("tshark").arg("-r").arg(&path).args(CHECKS).args(args).output();
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
