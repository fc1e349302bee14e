//! What every program knows: structs, functions and names of the system's headers (Linux, x86-64).

use crate::errno::ERRNOS;
use crate::sockopt;

/// Structs, in the language itself.
pub(super) const STRUCTS: &str = "
struct sockaddr { unsigned short sa_family; char sa_data[14]; };
struct in_addr { unsigned int s_addr; };
struct sockaddr_in {
  unsigned short sin_family; unsigned short sin_port; struct in_addr sin_addr; unsigned char sin_zero[8];
};
struct in6_addr { unsigned char s6_addr[16]; };
struct sockaddr_in6 {
  unsigned short sin6_family; unsigned short sin6_port; unsigned int sin6_flowinfo; struct in6_addr sin6_addr;
  unsigned int sin6_scope_id;
};
struct sockaddr_storage { unsigned short ss_family; char __ss_data[126]; };
struct sockaddr_ll {
  unsigned short sll_family; unsigned short sll_protocol; int sll_ifindex; unsigned short sll_hatype;
  unsigned char sll_pkttype; unsigned char sll_halen; unsigned char sll_addr[8];
};
struct packet_mreq { int mr_ifindex; unsigned short mr_type; unsigned short mr_alen; unsigned char mr_address[8]; };
struct ether_header { unsigned char ether_dhost[6]; unsigned char ether_shost[6]; unsigned short ether_type; };
struct iphdr {
  unsigned char version_ihl; unsigned char tos; unsigned short tot_len; unsigned short id; unsigned short frag_off;
  unsigned char ttl; unsigned char protocol; unsigned short check; unsigned int saddr; unsigned int daddr;
};
struct pollfd { int fd; short events; short revents; };
struct linger { int l_onoff; int l_linger; };
struct timespec { long tv_sec; long tv_nsec; };
struct timeval { long tv_sec; long tv_usec; };
union epoll_data { void *ptr; int fd; unsigned int u32; unsigned long u64; };
struct tcp_info {
  unsigned char tcpi_state, tcpi_ca_state, tcpi_retransmits, tcpi_probes, tcpi_backoff, tcpi_options, wscales;
  unsigned int tcpi_rto, tcpi_ato, tcpi_snd_mss, tcpi_rcv_mss, tcpi_unacked, tcpi_sacked, tcpi_lost, tcpi_retrans,
    tcpi_fackets, tcpi_last_data_sent, tcpi_last_ack_sent, tcpi_last_data_recv, tcpi_last_ack_recv, tcpi_pmtu,
    tcpi_rcv_ssthresh, tcpi_rtt, tcpi_rttvar, tcpi_snd_ssthresh, tcpi_snd_cwnd, tcpi_advmss, tcpi_reordering,
    tcpi_rcv_rtt, tcpi_rcv_space, tcpi_total_retrans;
};
struct epoll_event { unsigned int events; union epoll_data data; };
struct addrinfo {
  int ai_flags, ai_family, ai_socktype, ai_protocol; socklen_t ai_addrlen; struct sockaddr *ai_addr; char *ai_canonname;
  struct addrinfo *ai_next;
};
struct dns_record { const char *name; int type; unsigned int ttl; const char *data; };
";

/// Functions in the language itself.
pub(super) const RESOLVER: &str = include_str!("resolver.c");
/// Their prototypes, as C declares them.
pub(super) const WRITTEN: [&str; 2] = [
    "int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res)",
    "void freeaddrinfo(struct addrinfo *res)",
];

/// Whether a name is one of theirs.
pub(super) fn resolves(name: &str) -> bool {
    matches!(name, "getaddrinfo" | "freeaddrinfo")
}

/// Names that begin so are the library's own.
pub(super) const OWN: &str = "__";

/// Names of types that are another type's.
pub(super) const TYPE_NAMES: [(&str, &str); 20] = [
    ("size_t", "unsigned long"),
    ("ssize_t", "long"),
    ("off_t", "long"),
    ("time_t", "long"),
    ("pid_t", "int"),
    ("socklen_t", "unsigned int"),
    ("sa_family_t", "unsigned short"),
    ("in_port_t", "unsigned short"),
    ("in_addr_t", "unsigned int"),
    ("nfds_t", "unsigned long"),
    ("useconds_t", "unsigned int"),
    ("int8_t", "char"),
    ("int16_t", "short"),
    ("int32_t", "int"),
    ("int64_t", "long"),
    ("uint8_t", "unsigned char"),
    ("uint16_t", "unsigned short"),
    ("uint32_t", "unsigned int"),
    ("uint64_t", "unsigned long"),
    ("FILE", "void"),
];

/// What a function does that every program knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Builtin {
    /// It reckons, and no time passes.
    Lib(Lib),
    /// A call of the system.
    Sys(Sys),
}

macro_rules! builtins {
    ($kind:ident $list:ident: $($name:ident $prototype:literal;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum $kind { $($name),* }
        const $list: &[(Builtin, &str)] = &[$((Builtin::$kind($kind::$name), $prototype)),*];
    };
}

builtins! { Sys SYS:
    Socket "int socket(int domain, int type, int protocol)";
    Bind "int bind(int fd, const struct sockaddr *addr, socklen_t len)";
    Listen "int listen(int fd, int backlog)";
    Accept "int accept(int fd, struct sockaddr *addr, socklen_t *len)";
    Accept4 "int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)";
    Connect "int connect(int fd, const struct sockaddr *addr, socklen_t len)";
    Read "ssize_t read(int fd, void *buf, size_t len)";
    Recv "ssize_t recv(int fd, void *buf, size_t len, int flags)";
    Write "ssize_t write(int fd, const void *buf, size_t len)";
    Send "ssize_t send(int fd, const void *buf, size_t len, int flags)";
    RecvFrom "ssize_t recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *addr, socklen_t *size)";
    SendTo "ssize_t sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *addr, socklen_t size)";
    Shutdown "int shutdown(int fd, int how)";
    SetSockOpt "int setsockopt(int fd, int level, int name, const void *value, socklen_t len)";
    GetSockOpt "int getsockopt(int fd, int level, int name, void *value, socklen_t *len)";
    GetSockName "int getsockname(int fd, struct sockaddr *addr, socklen_t *len)";
    GetPeerName "int getpeername(int fd, struct sockaddr *addr, socklen_t *len)";
    Close "int close(int fd)";
    Poll "int poll(struct pollfd *fds, nfds_t count, int timeout)";
    EpollCreate1 "int epoll_create1(int flags)";
    EpollCtl "int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)";
    EpollWait "int epoll_wait(int epfd, struct epoll_event *events, int most, int timeout)";
    Usleep "int usleep(useconds_t microseconds)";
    ClockGetTime "int clock_gettime(int clock, struct timespec *now)";
    Sleep "unsigned int sleep(unsigned int seconds)";
    Fcntl "int fcntl(int fd, int cmd, ...)";
    Dup "int dup(int fd)";
    Fork "pid_t fork(void)";
    Wait "pid_t wait(int *status)";
    WaitPid "pid_t waitpid(pid_t pid, int *status, int options)";
    Signal "void *signal(int signal, void *handler)";
    Exit "void exit(int status)";
    Printf "int printf(const char *format, ...)";
    Fprintf "int fprintf(FILE *stream, const char *format, ...)";
    Puts "int puts(const char *text)";
    Putchar "int putchar(int c)";
    Fflush "int fflush(FILE *stream)";
    Perror "void perror(const char *text)";
}

builtins! { Lib LIB:
    Strlen "size_t strlen(const char *s)";
    Strcmp "int strcmp(const char *a, const char *b)";
    Strncmp "int strncmp(const char *a, const char *b, size_t n)";
    Strcasecmp "int strcasecmp(const char *a, const char *b)";
    Strncasecmp "int strncasecmp(const char *a, const char *b, size_t n)";
    Strcpy "char *strcpy(char *to, const char *from)";
    Strncpy "char *strncpy(char *to, const char *from, size_t n)";
    Strcat "char *strcat(char *to, const char *from)";
    Strchr "char *strchr(const char *s, int c)";
    Strrchr "char *strrchr(const char *s, int c)";
    Strstr "char *strstr(const char *s, const char *part)";
    Memcpy "void *memcpy(void *to, const void *from, size_t n)";
    Memmove "void *memmove(void *to, const void *from, size_t n)";
    Memset "void *memset(void *to, int c, size_t n)";
    Memcmp "int memcmp(const void *a, const void *b, size_t n)";
    Memchr "void *memchr(const void *s, int c, size_t n)";
    Atoi "int atoi(const char *s)";
    Strtol "long strtol(const char *s, char **end, int base)";
    Snprintf "int snprintf(char *to, size_t size, const char *format, ...)";
    Sprintf "int sprintf(char *to, const char *format, ...)";
    Isdigit "int isdigit(int c)";
    Isalpha "int isalpha(int c)";
    Isspace "int isspace(int c)";
    Toupper "int toupper(int c)";
    Tolower "int tolower(int c)";
    Abs "int abs(int n)";
    Htons "uint16_t htons(uint16_t n)";
    Ntohs "uint16_t ntohs(uint16_t n)";
    Htonl "uint32_t htonl(uint32_t n)";
    Ntohl "uint32_t ntohl(uint32_t n)";
    InetAddr "in_addr_t inet_addr(const char *text)";
    InetPton "int inet_pton(int family, const char *text, void *to)";
    InetNtop "char *inet_ntop(int family, const void *from, char *to, socklen_t size)";
    Strerror "char *strerror(int error)";
    Getpid "pid_t getpid(void)";
    Wifexited "int WIFEXITED(int status)";
    Wexitstatus "int WEXITSTATUS(int status)";
    Wifsignaled "int WIFSIGNALED(int status)";
    Wtermsig "int WTERMSIG(int status)";
    IfNameToIndex "unsigned int if_nametoindex(const char *name)";
    GaiStrerror "const char *gai_strerror(int error)";
    DnsReply "int dns_reply(const struct dns_record *zone, size_t count, const void *query, size_t len, void *reply, size_t room)";
    DnsQuery "int __dns_query(int id, const char *name, void *to, size_t room)";
    DnsAnswer "int __dns_answer(const void *reply, size_t len, int id, const char *name, in_addr_t *found, int most)";
    DnsId "int __dns_id(void)";
    IsName "int __is_name(const char *name)";
    NameServer "in_addr_t __name_server(int n)";
    HostEntry "in_addr_t __host_entry(const char *name)";
    Service "int __service(const char *name)";
}

/// Every function that a program can call without writing it, with its prototype.
pub(super) fn builtins() -> impl Iterator<Item = (Builtin, &'static str)> {
    SYS.iter().chain(LIB).copied()
}

pub(super) const F_GETFL: i64 = 3;
pub(super) const F_SETFL: i64 = 4;
pub(super) const O_NONBLOCK: i64 = 0o4000;
pub(super) const SOCK_STREAM: i64 = 1;
pub(super) const SOCK_DGRAM: i64 = 2;
pub(super) const SOCK_RAW: i64 = 3;
pub(super) const SOCK_CLOEXEC: i64 = 0o2_000_000;
pub(super) const AF_INET: i64 = 2;
pub(super) const AF_INET6: i64 = 10;
pub(super) const AF_PACKET: i64 = 17;
pub(super) const SIGPIPE: i64 = 13;
pub(super) const SIGCHLD: i64 = 17;
pub(super) const WNOHANG: i64 = 1;
pub(super) const MSG_OOB: i64 = 1;
pub(super) const MSG_PEEK: i64 = 2;
pub(super) const MSG_TRUNC: i64 = 0x20;
pub(super) const MSG_DONTWAIT: i64 = 0x40;
pub(super) const MSG_EOR: i64 = 0x80;
pub(super) const MSG_WAITALL: i64 = 0x100;
pub(super) const MSG_NOSIGNAL: i64 = 0x4000;
pub(super) const MSG_MORE: i64 = 0x8000;
pub(super) const MSG_FASTOPEN: i64 = 0x2000_0000;

/// Names that stand for a pointer.
const POINTERS: [(&str, i64); 6] =
    [("NULL", 0), ("SIG_DFL", 0), ("SIG_IGN", 1), ("stdin", 0), ("stdout", 1), ("stderr", 2)];

/// Names that stand for a number; those of socket options stand in [`sockopt::TABLE`], those of errno in [`ERRNOS`].
const NUMBERS: [(&str, i64); 141] = [
    ("AF_INET6", AF_INET6),
    ("PF_INET6", AF_INET6),
    ("INET6_ADDRSTRLEN", 46),
    ("IPPROTO_IPV6", 41),
    ("IPPROTO_ICMPV6", 58),
    ("AF_PACKET", AF_PACKET),
    ("PF_PACKET", AF_PACKET),
    ("IPPROTO_ICMP", 1),
    ("IPPROTO_UDP", 17),
    ("IPPROTO_RAW", 255),
    ("SOL_PACKET", 263),
    ("PACKET_ADD_MEMBERSHIP", 1),
    ("PACKET_DROP_MEMBERSHIP", 2),
    ("PACKET_MR_PROMISC", 1),
    ("PACKET_HOST", 0),
    ("PACKET_BROADCAST", 1),
    ("PACKET_MULTICAST", 2),
    ("PACKET_OTHERHOST", 3),
    ("PACKET_OUTGOING", 4),
    ("ETH_P_ALL", 3),
    ("ETH_P_IP", 0x0800),
    ("ETH_P_ARP", 0x0806),
    ("ETH_P_IPV6", 0x86dd),
    ("ETHERTYPE_IP", 0x0800),
    ("ETHERTYPE_ARP", 0x0806),
    ("ETH_ALEN", 6),
    ("ARPOP_REQUEST", 1),
    ("ARPOP_REPLY", 2),
    ("ICMP_ECHO", 8),
    ("ICMP_ECHOREPLY", 0),
    ("ICMP_TIME_EXCEEDED", 11),
    ("ICMP_DEST_UNREACH", 3),
    ("ICMP_PORT_UNREACH", 3),
    ("CLOCK_REALTIME", 0),
    ("CLOCK_MONOTONIC", 1),
    ("INADDR_BROADCAST", 0xffff_ffff),
    ("SOCK_DGRAM", SOCK_DGRAM),
    ("SOCK_RAW", SOCK_RAW),
    ("AI_PASSIVE", 1),
    ("AI_CANONNAME", 2),
    ("AI_NUMERICHOST", 4),
    ("AI_NUMERICSERV", 0x400),
    ("EAI_BADFLAGS", -1),
    ("EAI_NONAME", -2),
    ("EAI_AGAIN", -3),
    ("EAI_FAIL", -4),
    ("EAI_NODATA", -5),
    ("EAI_FAMILY", -6),
    ("EAI_SOCKTYPE", -7),
    ("EAI_SERVICE", -8),
    ("EAI_MEMORY", -10),
    ("EAI_SYSTEM", -11),
    ("NI_MAXHOST", 1025),
    ("NS_MAXDNAME", 1025),
    ("NS_PACKETSZ", 512),
    ("NAMESERVER_PORT", 53),
    ("T_A", 1),
    ("T_NS", 2),
    ("T_CNAME", 5),
    ("T_PTR", 12),
    ("T_MX", 15),
    ("T_TXT", 16),
    ("T_AAAA", 28),
    ("EXIT_SUCCESS", 0),
    ("EXIT_FAILURE", 1),
    ("AF_INET", AF_INET),
    ("PF_INET", AF_INET),
    ("AF_UNSPEC", 0),
    ("SOCK_STREAM", SOCK_STREAM),
    ("SOCK_NONBLOCK", O_NONBLOCK),
    ("SOCK_CLOEXEC", SOCK_CLOEXEC),
    ("INADDR_ANY", 0),
    ("INADDR_LOOPBACK", 0x7f00_0001),
    ("INADDR_NONE", 0xffff_ffff),
    ("INET_ADDRSTRLEN", 16),
    ("IPPROTO_IP", 0),
    ("IPPROTO_TCP", 6),
    ("SOL_SOCKET", 1),
    ("SOL_TCP", 6),
    ("SHUT_RD", 0),
    ("SHUT_WR", 1),
    ("SHUT_RDWR", 2),
    ("SOMAXCONN", 4096),
    ("F_GETFL", F_GETFL),
    ("F_SETFL", F_SETFL),
    ("O_NONBLOCK", O_NONBLOCK),
    ("SIGPIPE", SIGPIPE),
    ("SIGCHLD", SIGCHLD),
    ("WNOHANG", WNOHANG),
    ("MSG_OOB", MSG_OOB),
    ("MSG_PEEK", MSG_PEEK),
    ("MSG_TRUNC", MSG_TRUNC),
    ("MSG_DONTWAIT", MSG_DONTWAIT),
    ("MSG_EOR", MSG_EOR),
    ("MSG_WAITALL", MSG_WAITALL),
    ("MSG_NOSIGNAL", MSG_NOSIGNAL),
    ("MSG_MORE", MSG_MORE),
    ("MSG_FASTOPEN", MSG_FASTOPEN),
    ("POLLIN", 0x1),
    ("POLLPRI", 0x2),
    ("POLLOUT", 0x4),
    ("POLLERR", 0x8),
    ("POLLHUP", 0x10),
    ("POLLNVAL", 0x20),
    ("POLLRDNORM", 0x40),
    ("POLLWRNORM", 0x100),
    ("POLLRDHUP", 0x2000),
    ("EPOLLIN", 0x1),
    ("EPOLLPRI", 0x2),
    ("EPOLLOUT", 0x4),
    ("EPOLLERR", 0x8),
    ("EPOLLHUP", 0x10),
    ("EPOLLRDNORM", 0x40),
    ("EPOLLWRNORM", 0x100),
    ("EPOLLRDHUP", 0x2000),
    ("EPOLLEXCLUSIVE", 1 << 28),
    ("EPOLLONESHOT", 1 << 30),
    ("EPOLLET", 1 << 31),
    ("EPOLL_CTL_ADD", 1),
    ("EPOLL_CTL_DEL", 2),
    ("EPOLL_CTL_MOD", 3),
    ("EPOLL_CLOEXEC", SOCK_CLOEXEC),
    ("STDIN_FILENO", 0),
    ("STDOUT_FILENO", 1),
    ("STDERR_FILENO", 2),
    ("INT_MAX", i32::MAX as i64),
    ("EOF", -1),
    ("EWOULDBLOCK", 11),
    ("TCP_CA_NAME_MAX", 16),
    ("INFTIM", -1),
    ("TCP_ESTABLISHED", 1),
    ("TCP_SYN_SENT", 2),
    ("TCP_SYN_RECV", 3),
    ("TCP_FIN_WAIT1", 4),
    ("TCP_FIN_WAIT2", 5),
    ("TCP_TIME_WAIT", 6),
    ("TCP_CLOSE", 7),
    ("TCP_CLOSE_WAIT", 8),
    ("TCP_LAST_ACK", 9),
    ("TCP_LISTEN", 10),
    ("TCP_CLOSING", 11),
];

/// The number that a name stands for, and whether it is a pointer.
pub(super) fn named(name: &str) -> Option<(i64, bool)> {
    if let Some((_, n)) = POINTERS.iter().find(|(k, _)| *k == name) {
        return Some((*n, true));
    }
    let number = NUMBERS.iter().find(|(k, _)| *k == name).map(|(_, n)| *n);
    number
        .or_else(|| sockopt::TABLE.iter().find(|o| o.name == name).map(|o| o.number.into()))
        .or_else(|| ERRNOS.iter().find(|(k, ..)| *k == name).map(|(_, n, _)| i64::from(*n)))
        .map(|n| (n, false))
}
