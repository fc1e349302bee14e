//! Programs of shipped scenarios, with gcc's eyes.

use std::io::Write;
use std::process::{Command, Stdio};

const HEADERS: &str = "#define _GNU_SOURCE\n#include <arpa/inet.h>\n#include <errno.h>\n#include <fcntl.h>\n#include <netinet/in.h>\n\
    #include <netinet/tcp.h>\n#include <poll.h>\n#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>\n\
    #include <string.h>\n#include <sys/epoll.h>\n#include <sys/socket.h>\n#include <sys/time.h>\n\
    #include <sys/wait.h>\n#include <unistd.h>\n";

/// The body of main gets a main around it. `&srv` is taken without a cast by glibc where _GNU_SOURCE is on; what a
/// scenario's program does not look at is looked at by the person.
#[test]
fn gcc_takes_the_programs_of_every_scenario() {
    if Command::new("gcc").arg("--version").output().is_err() {
        eprintln!("skipped: no gcc here (apt-get install gcc libc6-dev)");
        return;
    }
    let mut count = 0;
    for (_, text) in lab::scenario::SHIPPED {
        let scenario = lab::scenario::Scenario::parse(text).expect("a sound scenario");
        for program in scenario.nodes.iter().flat_map(|n| &n.programs) {
            let body = program.source.join("\n");
            let whole = if body.contains("int main(") {
                body
            } else {
                format!("{HEADERS}int main(void) {{\n{body}\n}}\n")
            };
            let mut gcc = Command::new("gcc")
                .args(["-fsyntax-only", "-Wall", "-Werror", "-Wno-unused", "-x", "c"])
                .args(["-I", concat!(env!("CARGO_MANIFEST_DIR"), "/../host/programs/include")])
                .args(["-iquote", concat!(env!("CARGO_MANIFEST_DIR"), "/../host/programs"), "-"])
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("gcc runs");
            gcc.stdin.take().expect("a pipe").write_all(whole.as_bytes()).expect("gcc reads");
            let done = gcc.wait_with_output().expect("gcc ends");
            let said = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{} {}: {said}", scenario.id, program.file);
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}
