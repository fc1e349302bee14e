//! Numbers of errno (asm-generic/errno.h).

use crate::Errno;

impl Errno {
    /// The number that SO_ERROR gives.
    pub fn number(self) -> i32 {
        match self.0 {
            "EINTR" => 4,
            "EBADF" => 9,
            "ECHILD" => 10,
            "EAGAIN" => 11,
            "EFAULT" => 14,
            "EINVAL" => 22,
            "EMFILE" => 24,
            "EPIPE" => 32,
            "ENOSYS" => 38,
            "EPROTO" => 71,
            "EMSGSIZE" => 90,
            "ENOPROTOOPT" => 92,
            "EOPNOTSUPP" => 95,
            "EADDRINUSE" => 98,
            "EADDRNOTAVAIL" => 99,
            "ENETUNREACH" => 101,
            "ECONNABORTED" => 103,
            "ECONNRESET" => 104,
            "EISCONN" => 106,
            "ENOTCONN" => 107,
            "ETIMEDOUT" => 110,
            "ECONNREFUSED" => 111,
            "EHOSTDOWN" => 112,
            "EHOSTUNREACH" => 113,
            "EALREADY" => 114,
            "EINPROGRESS" => 115,
            // EIO: something that has no number of its own here.
            _ => 5,
        }
    }
}
