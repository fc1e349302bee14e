//! TCP_DEFER_ACCEPT's seconds, which Linux keeps as a number of SYN-ACK timeouts.

/// linux TCP_TIMEOUT_INIT and TCP_RTO_MAX, seconds.
const TIMEOUTS: (i64, i64) = (1, 120);

/// linux secs_to_retrans: how often a SYN-ACK's timer fires until so many seconds are over.
pub(crate) fn retransmits(seconds: i64) -> u8 {
    let (mut timeout, most) = TIMEOUTS;
    let (mut n, mut period) = (u8::from(seconds > 0), timeout);
    while n > 0 && seconds > period && n < u8::MAX {
        n += 1;
        timeout = (timeout * 2).min(most);
        period += timeout;
    }
    n
}

/// linux retrans_to_secs: the other way.
pub(crate) fn seconds_of(retransmits: u8) -> i32 {
    let (mut timeout, most) = TIMEOUTS;
    let mut period = 0;
    for _ in 0..retransmits {
        period += timeout;
        timeout = (timeout * 2).min(most);
    }
    period as i32
}
