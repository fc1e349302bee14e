//! errno: names, numbers (asm-generic/errno.h), and what strerror(3) says of them.

use crate::Errno;

/// Those that a call here can end with.
pub(crate) const ERRNOS: &[(&str, i32, &str)] = &[
    ("EPERM", 1, "Operation not permitted"),
    ("ENOENT", 2, "No such file or directory"),
    ("EINTR", 4, "Interrupted system call"),
    ("EIO", 5, "Input/output error"),
    ("EBADF", 9, "Bad file descriptor"),
    ("ECHILD", 10, "No child processes"),
    ("EAGAIN", 11, "Resource temporarily unavailable"),
    ("ENOMEM", 12, "Cannot allocate memory"),
    ("EFAULT", 14, "Bad address"),
    ("EEXIST", 17, "File exists"),
    ("EINVAL", 22, "Invalid argument"),
    ("EMFILE", 24, "Too many open files"),
    ("EPIPE", 32, "Broken pipe"),
    ("ENOSYS", 38, "Function not implemented"),
    ("ELOOP", 40, "Too many levels of symbolic links"),
    ("ENOMSG", 42, "No message of desired type"),
    ("ENONET", 64, "Machine is not on the network"),
    ("EPROTO", 71, "Protocol error"),
    ("ENOTSOCK", 88, "Socket operation on non-socket"),
    ("EMSGSIZE", 90, "Message too long"),
    ("ENOPROTOOPT", 92, "Protocol not available"),
    ("EPROTONOSUPPORT", 93, "Protocol not supported"),
    ("EOPNOTSUPP", 95, "Operation not supported"),
    ("EAFNOSUPPORT", 97, "Address family not supported by protocol"),
    ("EADDRINUSE", 98, "Address already in use"),
    ("EADDRNOTAVAIL", 99, "Cannot assign requested address"),
    ("ENETUNREACH", 101, "Network is unreachable"),
    ("ECONNABORTED", 103, "Software caused connection abort"),
    ("ECONNRESET", 104, "Connection reset by peer"),
    ("ENOBUFS", 105, "No buffer space available"),
    ("EISCONN", 106, "Transport endpoint is already connected"),
    ("ENOTCONN", 107, "Transport endpoint is not connected"),
    ("ETIMEDOUT", 110, "Connection timed out"),
    ("ECONNREFUSED", 111, "Connection refused"),
    ("EHOSTDOWN", 112, "Host is down"),
    ("EHOSTUNREACH", 113, "No route to host"),
    ("EALREADY", 114, "Operation already in progress"),
    ("EINPROGRESS", 115, "Operation now in progress"),
];

impl Errno {
    /// The one that has a number.
    pub(crate) fn by_number(number: u32) -> Option<Errno> {
        ERRNOS.iter().find(|(_, n, _)| *n as u32 == number).map(|(name, ..)| Errno(name))
    }
    /// The number that SO_ERROR gives; EIO's for what has none of its own here.
    pub fn number(self) -> i32 {
        ERRNOS.iter().find(|(name, ..)| *name == self.0).map_or(5, |(_, n, _)| *n)
    }
}

/// strerror(3)
pub(crate) fn text(number: i64) -> String {
    match ERRNOS.iter().find(|(_, n, _)| i64::from(*n) == number) {
        Some((_, _, text)) => (*text).to_owned(),
        None if number == 0 => "Success".to_owned(),
        None => format!("Unknown error {number}"),
    }
}
