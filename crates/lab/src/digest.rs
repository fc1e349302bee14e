//! A world and its history in 64 bits.

use crate::session::Session;
use crate::tcb;
use net::NodeId;
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

impl Session {
    /// Digest of all frames so far and of the world where we stand, as 16 hex digits; the same natively and in wasm
    /// (SipHash-1-3 over little-endian numbers).
    pub fn digest(&self) -> String {
        let mut h = SipHasher13::new();
        self.again(|log, _| {
            for l in &log.launched {
                h.write(&l.id.0.to_le_bytes());
                h.write(&l.sent.0.to_le_bytes());
                h.write(&l.arrives.0.to_le_bytes());
                h.write(&[u8::from(l.lost.is_some())]);
                h.write(&(l.bytes.len() as u32).to_le_bytes());
                h.write(&l.bytes);
            }
        });
        h.write(&self.step.to_le_bytes());
        h.write(&self.world.now().0.to_le_bytes());
        for n in 0..self.world.nodes() {
            let Some(host) = self.world.host(NodeId(n)) else { continue };
            for socket in host.sockets() {
                h.write(&socket.id.0.to_le_bytes());
                h.write(&[socket.state as u8]);
                let vars = host.tcb(socket.id).map(|t| tcb::variables(&t, None)).unwrap_or_default();
                for v in vars.iter().filter(|v| !v.value.is_nan()) {
                    h.write(v.name.as_bytes());
                    h.write(&v.value.to_le_bytes());
                }
            }
        }
        format!("{:016x}", h.finish())
    }
}
