//! What `#include` takes.

/// The system's headers: their names, as far as they are here, are always known.
pub(super) const SYSTEM: [&str; 28] = [
    "arpa/inet.h",
    "arpa/nameser.h",
    "ctype.h",
    "dns.h",
    "errno.h",
    "fcntl.h",
    "linux/if_packet.h",
    "net/ethernet.h",
    "net/if.h",
    "net/if_arp.h",
    "netdb.h",
    "netinet/in.h",
    "netinet/ip.h",
    "netinet/ip_icmp.h",
    "netinet/tcp.h",
    "poll.h",
    "signal.h",
    "stdint.h",
    "stdio.h",
    "stdlib.h",
    "string.h",
    "sys/epoll.h",
    "sys/socket.h",
    "sys/time.h",
    "sys/types.h",
    "sys/wait.h",
    "time.h",
    "unistd.h",
];

macro_rules! shipped {
    ($($file:literal),* $(,)?) => {
        /// Headers that come with the playground, with their texts: what more than one of its programs does. A program
        /// shows them as the line that calls them.
        pub(super) const SHIPPED: [(&str, &str); [$($file),*].len()] =
            [$(($file, include_str!(concat!("../../programs/", $file)))),*];
    };
}
shipped!("connect.h", "lines.h", "listen.h", "records.h", "segment.h", "talk.h", "tap.h");
