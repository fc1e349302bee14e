//! Counters with the names of nstat(8), those of TCP without their prefix (`Tcp`, `TcpExt`).

use crate::store::Sorted;

/// Counters of every packet, kept apart from the rest so that counting one costs nothing.
#[derive(Clone, Copy)]
pub(crate) enum Hot {
    IpInReceives,
    IpInDelivers,
    IpOutRequests,
    TcpInSegs,
    TcpOutSegs,
}

const HOT: [&str; 5] = ["IpInReceives", "IpInDelivers", "IpOutRequests", "InSegs", "OutSegs"];

/// Shown even while zero: what a listener loses.
const ALWAYS: [&str; 4] = ["ListenDrops", "ListenOverflows", "TCPReqQFullDoCookies", "TCPReqQFullDrop"];

#[derive(Clone, Debug, Default)]
pub(crate) struct Counters {
    hot: [u64; HOT.len()],
    named: Sorted<&'static str, u64>,
}

impl Counters {
    pub(crate) fn hot(&mut self, which: Hot) {
        self.hot[which as usize] += 1;
    }
    pub(crate) fn add(&mut self, name: &'static str, n: u32) {
        *self.named.entry(name, 0) += u64::from(n);
    }
    /// In name order.
    pub(crate) fn list(&self) -> Vec<(&'static str, u64)> {
        let mut all = self.named.clone();
        for name in ALWAYS {
            all.entry(name, 0);
        }
        for (name, &n) in HOT.iter().zip(&self.hot) {
            if n > 0 {
                all.insert(name, n);
            }
        }
        all.into_list()
    }
}
