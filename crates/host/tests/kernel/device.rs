//! TUN devices of the namespace's kernel, and programs of C beside them.

use bytes::Bytes;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use wire::ethernet;

/// In the namespace: a command that must succeed; its output.
pub fn sh(command: &str) -> String {
    let out = Command::new("sh").args(["-c", command]).output().expect("a shell");
    assert!(out.status.success(), "{command}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// A TUN device of the kernel's, as a pipe.
pub struct Device {
    relay: Child,
    datagrams: Receiver<Vec<u8>>,
}

impl Drop for Device {
    fn drop(&mut self) {
        _ = self.relay.kill();
        _ = self.relay.wait();
    }
}

impl Device {
    pub fn new(name: &str) -> Device {
        let exe =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("relay-{}-{name}", std::process::id()));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kernel/relay.c");
        sh(&format!("gcc -O1 -o '{}' '{source}'", exe.display()));
        let mut command = Command::new(&exe);
        let mut relay =
            command.arg(name).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it was just made");
        let mut from = BufReader::new(relay.stdout.take().expect("a pipe"));
        let (to, datagrams) = channel();
        std::thread::spawn(move || {
            let mut len = [0; 2];
            while from.read_exact(&mut len).is_ok() {
                let mut datagram = vec![0; u16::from_be_bytes(len).into()];
                if from.read_exact(&mut datagram).is_err() || to.send(datagram).is_err() {
                    return;
                }
            }
        });
        let device = Device { relay, datagrams };
        device.datagrams.recv_timeout(Duration::from_secs(5)).expect("a TUN device");
        _ = std::fs::remove_file(&exe);
        device
    }
    pub fn put(&mut self, frame: &Bytes) {
        let datagram = &frame[ethernet::LEN..];
        let to = self.relay.stdin.as_mut().expect("a pipe");
        to.write_all(&(datagram.len() as u16).to_be_bytes()).expect("the relay reads");
        to.write_all(datagram).expect("the relay reads");
        to.flush().expect("the relay reads");
    }
    /// The next datagram that is not the kernel's own (it looks for routers and groups).
    pub fn next(&self, patience: Duration) -> Option<Vec<u8>> {
        loop {
            let datagram = self.datagrams.recv_timeout(patience).ok()?;
            let own = datagram[0] >> 4 == 6 && (datagram[24] == 0xff || datagram[6] == 0);
            if !own {
                return Some(datagram);
            }
        }
    }
}

/// A datagram in a frame, as if it had come over Ethernet.
pub fn framed(datagram: &[u8]) -> Bytes {
    let ethertype = if datagram[0] >> 4 == 4 { ethernet::IPV4 } else { ethernet::IPV6 };
    let mut frame = vec![2; 12];
    frame.extend(ethertype.to_be_bytes());
    frame.extend_from_slice(datagram);
    frame.into()
}

/// gcc makes a program of a file of this crate.
pub fn compiled(file: &str, name: &str) -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    sh(&format!("gcc -O1 -o '{}' '{}'", to.display(), from.display()));
    to
}

/// A program that runs until this is dropped.
pub struct Running(Child);

impl Running {
    pub fn new(exe: &Path) -> Running {
        Running(Command::new(exe).spawn().expect("it was just made"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}
