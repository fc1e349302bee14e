//! What processes share and wait for: dup, fork, waitpid, poll, and calls whose patience ends.

use crate::common::*;
use host::{Call, CallResult, Fd, Pid, poll, sockopt};
use tcp::time::Duration;

const FORKING_SERVER: &str = "\
int s, c, n;  char buf[512];
struct sockaddr_in any80 = {AF_INET, htons(80)};
s = socket(AF_INET, SOCK_STREAM, 0);
bind(s, &any80, sizeof any80);
listen(s, 5);
for (;;) {
  c = accept(s, NULL, NULL);
  if (fork() == 0) {
    close(s);
    while ((n = read(c, buf, sizeof buf)) > 0)
      write(c, buf, n);
    return 0;
  }
  close(c);
}";

#[test]
fn a_server_that_forks_serves_five_clients_at_once() {
    let mut server = config(2, "linux", &[]);
    server.programs = vec![program("server.c", FORKING_SERVER)];
    let mut w = World::new(vec![config(1, "linux", &[]), server]);
    w.run_for(0.01);
    let clients: Vec<Fd> = (0..5).map(|_| w.connect(0, at(2, 80))).collect();
    // All are served though none has finished: the last that came speaks first.
    for &fd in clients.iter().rev() {
        w.ok(0, Call::Write { fd, data: "hello".into() });
        w.run_for(0.1);
        assert_eq!(w.call(0, Call::Read { fd, len: 9 }), CallResult::Done(5, "hello".into()));
    }
    let processes = w.hosts[1].processes();
    assert_eq!(processes.len(), 1 + 1 + 5);
    assert!(processes[2..].iter().all(|p| p.parent == Some(Pid(1)) && p.blocked.as_deref() == Some("read")));
    assert!(processes[2..].iter().all(|p| p.fds.len() == 1), "each closed the listener");
    assert_eq!(processes[1].fds.len(), 1, "and the parent closed every connection");
    for fd in clients {
        w.ok(0, Call::Close { fd });
    }
    w.run_for(0.1);
    assert!(w.hosts[1].processes()[2..].iter().all(|p| p.exited == Some(0)));
    assert_eq!(w.hosts[1].socket_count(), 1, "the listener alone");
}

#[test]
fn a_pool_that_was_forked_before_accepts_in_turn() {
    let source = "int s, c, i; struct sockaddr_in a = {AF_INET, htons(80)};
s = socket(AF_INET, SOCK_STREAM, 0); bind(s, &a, sizeof a); listen(s, 5);
for (i = 0; i < 3; i++)
  if (fork() == 0)
    for (;;) { c = accept(s, NULL, NULL); usleep(1000000); close(c); }
while (wait(NULL) > 0) ;";
    let mut server = config(2, "linux", &[]);
    server.programs = vec![program("pool.c", source)];
    let mut w = World::new(vec![config(1, "linux", &[]), server]);
    w.run_for(0.01);
    let blocked =
        |w: &World| w.hosts[1].processes().iter().filter(|p| p.blocked.as_deref() == Some("accept")).count();
    assert_eq!(blocked(&w), 3);
    for left in [2, 1, 0, 0] {
        w.connect(0, at(2, 80));
        assert_eq!(blocked(&w), left, "one wakes for each connection");
    }
    assert_eq!(w.queues(1), (0, 1), "the fourth waits");
}

#[test]
fn a_parent_waits_for_its_children() {
    let source = "int a, b; if (fork() == 0) { usleep(5000); exit(7); }
a = wait(NULL); b = wait(NULL); return a * 10 + (b == -1);";
    let mut c = config(2, "linux", &[]);
    c.programs = vec![program("p.c", source)];
    let mut w = World::new(vec![c]);
    w.run_for(0.001);
    assert_eq!(w.hosts[0].processes()[1].blocked.as_deref(), Some("waitpid"));
    w.run_for(0.1);
    let processes = w.hosts[0].processes();
    assert_eq!((processes.len(), processes[1].exited), (2, Some(21)), "the child was collected; then ECHILD");
    // A program that forks for ever comes to an end of its own.
    let mut c = config(2, "linux", &[]);
    c.programs = vec![program("bomb.c", "for (;;) fork();")];
    let mut w = World::new(vec![c]);
    w.run_for(0.001);
    assert_eq!(w.hosts[0].processes().len(), 1000);
}

#[test]
fn a_socket_lives_while_any_descriptor_points_to_it() {
    let mut w = World::pair("linux", &[]);
    w.listen(1, 80, 1);
    let fd = w.connect(0, at(2, 80));
    let copy = w.ok(0, Call::Dup { fd });
    assert_ne!(fd, copy);
    w.ok(0, Call::SetNonblocking { fd: copy, on: true });
    assert_eq!(w.err(0, Call::Read { fd, len: 1 }), "EAGAIN", "flags are the description's");
    w.ok(0, Call::Close { fd });
    assert_eq!(w.state(0, copy), "ESTABLISHED");
    w.ok(0, Call::Close { fd: copy });
    w.run_for(0.01);
    assert_eq!(w.hosts[0].sockets()[0].state.name(), "FIN-WAIT-2");
}

fn revents(result: CallResult) -> Vec<u32> {
    let CallResult::Done(n, data) = result else { panic!("{result:?}") };
    let all: Vec<u32> = data.chunks(2).map(|c| u32::from(u16::from_le_bytes([c[0], c[1]]))).collect();
    assert_eq!(all.iter().filter(|&&e| e != 0).count() as i64, n);
    all
}

#[test]
fn poll_waits_for_several() {
    const IN: u16 = poll::IN as u16;
    const OUT: u16 = poll::OUT as u16;
    let mut w = World::pair("linux", &[]);
    let l = w.listen(1, 80, 5);
    let now = |fds: &[(Fd, u16)]| Call::Poll { fds: fds.to_vec(), timeout: Some(Duration::ZERO) };
    assert_eq!(revents(w.call(1, now(&[(l, IN), (-1, IN), (77, IN)]))), [0, 0, 0x20], "POLLNVAL");
    // It blocks; a connection wakes it.
    let both = Call::Poll { fds: vec![(l, IN)], timeout: None };
    assert_eq!(w.call(1, both), CallResult::Blocked);
    let c = w.connect(0, at(2, 80));
    assert_eq!(w.last_return(1).as_deref(), Some("poll([{3, POLLIN}], 1, -1) = 1"));
    let s = w.ok(1, Call::Accept { fd: l });
    assert_eq!(revents(w.call(1, now(&[(l, IN), (s, IN | OUT)]))), [0, u32::from(OUT)]);
    // Of two, the one with data.
    assert_eq!(w.call(1, Call::Poll { fds: vec![(l, IN), (s, IN)], timeout: None }), CallResult::Blocked);
    w.ok(0, Call::Write { fd: c, data: "x".into() });
    w.run_for(0.01);
    assert_eq!(w.last_return(1).as_deref(), Some("poll([{3, POLLIN}, {4, POLLIN}], 2, -1) = 1"));
    w.ok(1, Call::Read { fd: s, len: 9 });
    // Nothing comes.
    let patience = Some(Duration::from_millis(50));
    assert_eq!(w.call(1, Call::Poll { fds: vec![(l, IN), (s, IN)], timeout: patience }), CallResult::Blocked);
    w.run_for(0.049);
    assert!(!w.last_return(1).unwrap().ends_with("50) = 0"));
    w.run_for(0.002);
    assert_eq!(w.last_return(1).as_deref(), Some("poll([{3, POLLIN}, {4, POLLIN}], 2, 50) = 0"));
    // The other side is gone.
    w.ok(0, Call::Close { fd: c });
    w.run_for(0.01);
    assert_eq!(revents(w.call(1, now(&[(s, IN)]))), [u32::from(IN)], "end of file can be read");
}

/// SO_RCVTIMEO and SO_SNDTIMEO: accept and read give EAGAIN, connect EINPROGRESS.
#[test]
fn patience_ends() {
    let mut w = World::pair("linux", &[]);
    let l = w.listen(1, 80, 5);
    let time = |us: i64| [0i64, us].map(i64::to_le_bytes).concat();
    let set = |fd, name, us| Call::SetSockOpt { fd, level: sockopt::SOCKET, name, value: time(us).into() };
    w.ok(1, set(l, 20, 300_000));
    assert_eq!(w.call(1, Call::Accept { fd: l }), CallResult::Blocked);
    w.run_for(0.29);
    assert!(!w.last_return(1).unwrap().starts_with("accept"));
    w.run_for(0.02);
    assert_eq!(w.last_return(1).as_deref(), Some("accept(3, NULL, NULL) = -1 EAGAIN"));
    w.lose = |_| true;
    let fd = w.ok(0, Call::Socket);
    w.ok(0, set(fd, 21, 500_000));
    assert_eq!(w.call(0, Call::Connect { fd, addr: at(2, 80) }), CallResult::Blocked);
    w.run_for(0.6);
    assert!(w.last_return(0).unwrap().ends_with("= -1 EINPROGRESS"));
    assert_eq!(w.state(0, fd), "SYN-SENT", "it goes on in the background");
}

/// SO_LINGER with a time: close(2) waits until the other side has everything, or the time is over.
#[test]
fn a_close_that_lingers() {
    for (lost, returns_at) in [(false, 2.1), (true, 5.1)] {
        let mut w = World::pair("linux", &[]);
        w.listen(1, 80, 5);
        let fd = w.connect(0, at(2, 80));
        let value = [1i32, 3].map(i32::to_le_bytes).concat().into();
        w.ok(0, Call::SetSockOpt { fd, level: host::sockopt::SOCKET, name: 13, value });
        w.ok(0, Call::Write { fd, data: "abc".into() });
        w.run_until(2.0);
        if lost {
            w.lose = |_| true;
        }
        assert_eq!(w.call(0, Call::Close { fd }), host::CallResult::Blocked);
        assert_eq!(w.err(0, Call::Read { fd, len: 1 }), "EBADF", "the descriptor is gone at once");
        w.run_until(returns_at - 0.2);
        assert_ne!(w.last_return(0).as_deref(), Some("close(3) = 0"), "lost: {lost}");
        w.run_until(returns_at);
        assert_eq!(w.last_return(0).as_deref(), Some("close(3) = 0"), "lost: {lost}");
    }
}

#[test]
fn a_program_reads_tcp_info() {
    let source = "\
#include <netinet/tcp.h>
int main(void) {
  int s = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = {AF_INET, htons(80), {inet_addr(\"10.0.0.2\")}};
  struct tcp_info i;
  socklen_t len = sizeof i;
  connect(s, (struct sockaddr *)&a, sizeof a);
  getsockopt(s, IPPROTO_TCP, TCP_INFO, &i, &len);
  printf(\"%d %u %u %u %u\\n\", i.tcpi_state == TCP_ESTABLISHED, i.tcpi_snd_mss, i.tcpi_rtt, i.tcpi_snd_cwnd, len);
  return 0;
}";
    let mut client = config(1, "linux", &[]);
    client.programs = vec![program("info.c", source)];
    client.programs[0].start = tcp::time::Instant::from_micros(1_000);
    let mut w = World::new(vec![client, config(2, "linux", &[])]);
    w.listen(1, 80, 5);
    w.run_until(0.1);
    assert_eq!(w.hosts[0].processes()[1].output, "1 1448 2000 10 104\n");
}
