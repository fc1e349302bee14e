//! Counters with the names of nstat(8), those of TCP without their prefix (`Tcp`, `TcpExt`).

use crate::store::Sorted;

/// The names of all that hosts count, in order: what can be asked for before anything was counted.
pub static NAMES: &[&str] = &[
    "ActiveOpens",
    "AttemptFails",
    "DelayedACKLost",
    "DelayedACKs",
    "EmbryonicRsts",
    "EstabResets",
    "IPReversePathFilter",
    "Icmp6InErrors",
    "Icmp6InNeighborAdvertisements",
    "Icmp6InNeighborSolicits",
    "Icmp6OutPktTooBigs",
    "IcmpInEchos",
    "IcmpInErrors",
    "IcmpInMsgs",
    "IcmpOutDestUnreachs",
    "IcmpOutEchoReps",
    "IcmpOutEchos",
    "IcmpOutMsgs",
    "IcmpOutRateLimitHost",
    "IcmpOutRedirects",
    "IcmpOutTimeExcds",
    "InCsumErrors",
    "InErrs",
    "InSegs",
    "IpExtReasmOverlaps",
    "IpForwDatagrams",
    "IpFragCreates",
    "IpFragFails",
    "IpFragOKs",
    "IpInAddrErrors",
    "IpInDelivers",
    "IpInDiscards",
    "IpInHdrErrors",
    "IpInNoRoutes",
    "IpInReceives",
    "IpInUnknownProtos",
    "IpOutNoRoutes",
    "IpOutRequests",
    "IpReasmFails",
    "IpReasmOKs",
    "IpReasmReqds",
    "IpReasmTimeout",
    "ListenDrops",
    "ListenOverflows",
    "NfConntrackDrop",
    "NfConntrackInvalid",
    "OutOfWindowIcmps",
    "OutRsts",
    "OutSegs",
    "PAWSActive",
    "PAWSEstab",
    "PassiveOpens",
    "RetransSegs",
    "SyncookiesFailed",
    "SyncookiesRecv",
    "SyncookiesSent",
    "TCPACKSkippedChallenge",
    "TCPACKSkippedPAWS",
    "TCPACKSkippedSeq",
    "TCPACKSkippedSynRecv",
    "TCPACKSkippedTimeWait",
    "TCPAbortOnClose",
    "TCPAbortOnData",
    "TCPAbortOnTimeout",
    "TCPChallengeACK",
    "TCPDSACKRecv",
    "TCPDSACKUndo",
    "TCPDeferAcceptDrop",
    "TCPFastOpenActive",
    "TCPFastOpenActiveFail",
    "TCPFastOpenBlackhole",
    "TCPFastOpenCookieReqd",
    "TCPFastOpenListenOverflow",
    "TCPFastOpenPassive",
    "TCPFastOpenPassiveAltKey",
    "TCPFastOpenPassiveFail",
    "TCPFullUndo",
    "TCPKeepAlive",
    "TCPLossProbeRecovery",
    "TCPLossProbes",
    "TCPLossUndo",
    "TCPLostRetransmit",
    "TCPMTUPFail",
    "TCPMTUPSuccess",
    "TCPMD5Unexpected",
    "TCPOFOQueue",
    "TCPPartialUndo",
    "TCPRenoRecovery",
    "TCPReqQFullDoCookies",
    "TCPReqQFullDrop",
    "TCPRetransFail",
    "TCPSACKReneging",
    "TCPRenoReorder",
    "TCPSACKReorder",
    "TCPSYNChallenge",
    "TCPSackRecovery",
    "TCPSpuriousRTOs",
    "TCPSynRetrans",
    "TCPTimeouts",
    "TCPWinProbe",
    "TCPZeroWindowDrop",
    "TW",
    "TWRecycled",
    "UdpInDatagrams",
    "UdpInErrors",
    "UdpNoPorts",
    "UdpOutDatagrams",
    "UdpRcvbufErrors",
];

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
    pub(crate) fn get(&self, name: &str) -> u64 {
        let hot = HOT.iter().position(|h| *h == name).map(|at| self.hot[at]);
        hot.unwrap_or_else(|| self.named.iter().find(|(n, _)| **n == name).map_or(0, |(_, v)| *v))
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
