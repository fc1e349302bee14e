//! Programs as processes: what of them is shown, headers, children, both families of addresses.

use crate::common::*;
use crate::language::run;
use host::Host;

#[test]
fn a_process_shows_its_variables_and_where_it_is() {
    let source = "\
int total = 3;
int nap(int seconds) {
  char why[8] = \"tired\";
  struct sockaddr_in to = {AF_INET, htons(80), {inet_addr(\"10.0.0.9\")}};
  int *p = &total;
  sleep(seconds);
  return *p + why[0] + to.sin_port;
}
int main(void) {
  unsigned char level = 7;
  char *text = \"hi\";
  return nap(level) + text[0];
}";
    let mut c = config(2, "linux", &[]);
    c.programs = vec![program("p.c", source)];
    let mut w = World::new(vec![c]);
    w.run_until(1.0);
    let process = &w.hosts[0].processes()[1];
    let shown: Vec<_> = process
        .variables
        .iter()
        .map(|v| format!("{} {} {} = {}", v.function.as_deref().unwrap_or("-"), v.kind, v.name, v.value))
        .collect();
    assert_eq!(
        shown,
        [
            "- int total = 3",
            "main unsigned char level = 7",
            "main char * text = \"hi\"",
            "nap int seconds = 7",
            "nap char [8] why = \"tired\"",
            "nap struct sockaddr_in to = 10.0.0.9:80",
            "nap int * p = &total",
        ]
    );
    let frames: Vec<_> = process.frames.iter().map(|f| (f.function.as_str(), f.line)).collect();
    assert_eq!(frames, [("nap", 6), ("main", 12)]);
    assert_eq!((process.line, process.blocked.as_deref()), (6, Some("usleep")));
}

#[test]
fn before_it_runs_a_program_stands_at_its_first_statement() {
    let source = "#include <stdio.h>\nint on = 1;\nint main(void) {\n  int a = on;\n\n  printf(\"%d\\n\", a);\n  return 0;\n}";
    let mut c = config(2, "linux", &[]);
    c.programs = vec![program("p.c", source)];
    let host = Host::new(c).expect("sound");
    assert_eq!(host.processes()[1].line, 6);
}

/// What a header does stands at the line that calls it; before the lines of `main` alone, too.
#[test]
fn a_header_has_no_lines() {
    let whole = "#include <stdio.h>\n#include \"listen.h\"\n\nint main(void) {\n  int s, c;\n\n  s = listen_on(7, 5);\n  c = accept(s, NULL, NULL);\n  return c;\n}";
    let bare = "#include \"listen.h\"\nint s, c;\ns = listen_on(7, 5);\nc = accept(s, NULL, NULL);";
    for (source, lines) in [(whole, [7, 8]), (bare, [3, 4])] {
        let mut c = config(2, "linux", &[]);
        c.programs = vec![program("p.c", source)];
        let mut w = World::new(vec![c]);
        let at = |w: &World| {
            let process = &w.hosts[0].processes()[1];
            let names: Vec<_> =
                process.variables.iter().map(|v| format!("{} = {}", v.name, v.value)).collect();
            (process.line, process.blocked.clone(), process.results.len(), names)
        };
        assert_eq!((at(&w).0, at(&w).1), (lines[0], None), "{source}");
        w.run_until(1.0);
        let shown = vec!["s = 3".to_owned(), "c = 0".to_owned()];
        assert_eq!(at(&w), (lines[1], Some("accept".into()), 0, shown), "{source}");
    }
}

/// All of them together: no name is another's.
#[test]
fn headers_go_with_each_other() {
    let source = "#include \"connect.h\"\n#include \"lines.h\"\n#include \"listen.h\"\n#include \"records.h\"\n#include \"segment.h\"\n#include \"talk.h\"\n#include \"tap.h\"\nprintf(\"%d\\n\", SYN | ACK);";
    assert_eq!(run(source), ("18\n".into(), Some(0)));
}

#[test]
fn addresses_of_both_families() {
    let source = "\
struct in6_addr six;
char text[INET6_ADDRSTRLEN];
struct sockaddr_in four = {AF_INET, htons(80), {inet_addr(\"10.0.0.2\")}};
struct sockaddr_in6 mapped = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
int s6 = socket(AF_INET6, SOCK_STREAM, 0), s4 = socket(AF_INET, SOCK_STREAM, 0);
printf(\"%d\", inet_pton(AF_INET6, \"2001:db8:0:0:0::1\", &six));
printf(\" %d\", inet_pton(AF_INET6, \"10.0.0.2\", &six));
printf(\" %s\\n\", inet_ntop(AF_INET6, &six, text, sizeof text));
printf(\"%d\\n\", inet_ntop(AF_INET6, &six, text, 4) == NULL);
connect(s6, &four, sizeof four);
printf(\"%d\", errno == EAFNOSUPPORT);
connect(s4, &mapped, sizeof mapped);
printf(\" %d\", errno == EAFNOSUPPORT);
connect(s6, &mapped, sizeof four);
printf(\" %d\\n\", errno == EINVAL);
printf(\"%d %d %d\\n\", (int)sizeof mapped, (int)sizeof(struct sockaddr_storage), socket(AF_INET6, SOCK_RAW, 6));";
    assert_eq!(run(source), ("1 0 2001:db8::1\n1\n1 1 1\n28 128 -1\n".into(), Some(0)));
}

#[test]
fn children_are_waited_for() {
    let source = "\
int main(void) {
  int status, i;
  pid_t child;
  for (i = 1; i <= 2; i++)
    if (fork() == 0) {
      usleep(i * 1000);
      return 40 + i;
    }
  printf(\"%d\\n\", waitpid(-1, &status, WNOHANG));
  while ((child = wait(&status)) > 0)
    printf(\"%d: %d %d\\n\", child, WIFEXITED(status), WEXITSTATUS(status));
  printf(\"%d\\n\", errno == ECHILD);
  return 0;
}";
    assert_eq!(run(source), ("0\n2: 1 41\n3: 1 42\n1\n".into(), Some(0)));
}

/// wait(2): a status above 128 is a status; what a signal ended is told apart.
#[test]
fn exited_or_killed() {
    let source = "
int main(void) {
  int status;
  if (fork() == 0)
    return 152;
  wait(&status);
  printf(\"%d %d %d\\n\", WIFEXITED(status), WEXITSTATUS(status), WIFSIGNALED(status));
  if (fork() == 0)
    for (;;) ;
  wait(&status);
  printf(\"%d %d\\n\", WIFEXITED(status), WIFSIGNALED(status));
  return 0;
}";
    assert_eq!(run(source), ("1 152 0\n0 1\n".into(), Some(0)));
}
