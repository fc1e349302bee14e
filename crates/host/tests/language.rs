//! The language of `docs/language.md`: what expressions give, what statements do, what is caught, what is said.

use crate::common::*;
use host::{Host, Output, Pid};
use tcp::rule::Tape;
use tcp::time::Instant;

/// Runs a program to its end (or to where it waits); its output and status.
pub fn run(source: &str) -> (String, Option<i32>) {
    let mut c = config(2, "linux", &[]);
    c.programs = vec![program("p.c", source)];
    let mut w = World::new(vec![c]);
    w.run_until(5.0);
    let process = &w.hosts[0].processes()[1];
    (process.output.clone(), process.exited)
}

fn error(source: &str) -> String {
    host::program::check(source).expect_err(source).to_string()
}

/// Expressions with the value that gcc -fwrapv gives them, printed as long.
#[test]
fn expressions() {
    let table = [
        ("1 + 2 * 3 - 4 / 2 % 3", "5"),
        ("(1 + 2) * -3", "-9"),
        ("7 / -2", "-3"),
        ("-7 % 3", "-1"),
        ("1 << 4 | 3 & 6 ^ 1", "19"),
        ("~0 >> 1", "-1"),
        ("~0u >> 31", "1"),
        ("2147483647 + 1", "-2147483648"),
        ("2147483648", "2147483648"),
        ("0x7fffffff * 2", "-2"),
        ("4294967295u + 1", "0"),
        ("-1 < 0u", "0"),
        ("-1 < (long)0", "1"),
        ("sizeof (char) - 2 > 0", "1"),
        ("(unsigned char)300", "44"),
        ("(char)200", "-56"),
        ("(short)70000", "4464"),
        ("'A' + '\\n' + '\\x10' + '\\0'", "91"),
        ("0 && 1 / 0", "0"),
        ("1 || 1 / 0", "1"),
        ("0 || 5", "1"),
        ("1 ? 2 : 3", "2"),
        ("0 ? 2 : 0 ? 3 : 4", "4"),
        ("!5 + !0", "1"),
        ("(1, 2, 3)", "3"),
        ("1 == 1 != 0", "1"),
        ("017 + 0x1f", "46"),
        ("htons(80)", "20480"),
        ("ntohl(1)", "16777216"),
        ("inet_addr(\"1.2.3.4\")", "67305985"),
        ("sizeof (struct sockaddr_in) + sizeof (struct epoll_event) + sizeof (struct pollfd)", "36"),
        ("strlen(\"one\" \" two\")", "7"),
        ("strcmp(\"abc\", \"abd\")", "-1"),
        ("strncmp(\"abc\", \"abd\", 2)", "0"),
        ("strcasecmp(\"QUIT\", \"quit\")", "0"),
        ("strchr(\"hello\", 'l') - strchr(\"hello\", 'h')", "0"),
        ("atoi(\" -42x\")", "-42"),
        ("strtol(\"0x1f\", NULL, 0)", "31"),
        ("isdigit('7') && !isdigit('x') && isspace('\\t')", "1"),
        ("toupper('q')", "81"),
    ];
    for (expression, wants) in table {
        // Two pointers into two texts have no distance; the row shows that they do not crash either.
        let wants = if expression.starts_with("strchr") { None } else { Some(wants) };
        let (said, status) = run(&format!("printf(\"%ld\", (long)({expression}));"));
        assert_eq!(status, Some(0), "{expression}");
        if let Some(wants) = wants {
            assert_eq!(said, wants, "{expression}");
        }
    }
}

#[test]
fn statements() {
    let table = [
        (
            "int i = 0; do { i++; if (i == 3) continue; if (i > 5) break; } while (i < 10); printf(\"%d\", i);",
            "6",
        ),
        ("int i, k = 0; for (i = 10; i--; ) k += i; printf(\"%d\", k);", "45"),
        ("int i = 1; { int i = 2; i++; } for (int i = 5; i < 6; i++) ; printf(\"%d\", i);", "1"),
        (
            "int a[3] = {1, 2}, *p = a; *p++ += 5; p[1] = 9; printf(\"%d %d %d %ld\", a[0], a[1], a[2], p - a);",
            "6 2 9 1",
        ),
        (
            "int m[2][3] = {{1, 2, 3}, {4}}; m[1][2] = m[0][1] << 2; printf(\"%d %d %zu\", m[1][0], m[1][2], sizeof m);",
            "4 8 24",
        ),
        ("char s[] = \"abc\", t[8] = \"xy\", *p = s + 1; strcat(t, p); t[0]++; puts(t);", "yybc\n"),
        ("unsigned char c = 255; c++; short h = 32767; h++; printf(\"%d %d\", c, h);", "0 -32768"),
        ("int x = 5; x <<= 2; x ^= 1; x %= 8; x |= 64; x -= -1; x /= 2; printf(\"%d\", x);", "35"),
        (
            "struct pollfd p[2] = {{3, POLLIN, 0}}, q; q = p[0]; q.fd++; p[1] = q; printf(\"%d %d %d\", p[0].fd, p[1].fd, p[1].events);",
            "3 4 1",
        ),
        (
            "struct sockaddr_in a = {.sin_port = htons(7), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}; char t[16]; printf(\"%s:%d\", inet_ntop(AF_INET, &a.sin_addr, t, sizeof t), ntohs(a.sin_port));",
            "127.0.0.1:7",
        ),
        ("struct epoll_event e; e.data.u64 = 0x100000002; printf(\"%d\", e.data.fd);", "2"),
        (
            "printf(\"[%5d|%-5d|%05d|%+d|%x|%#X|%o|%c|%%|%.2s|%8s|%*d]\", 42, 42, -42, 42, 255, 255, 8, 'z', \"xyz\", \"right\", 4, 7);",
            "[   42|42   |-0042|+42|ff|0XFF|10|z|%|xy|   right|   7]",
        ),
        ("char b[4]; int n = snprintf(b, sizeof b, \"%s\", \"longer\"); printf(\"%s %d\", b, n);", "lon 6"),
        ("printf(\"a\"); printf(\"b\\nc\"); fprintf(stderr, \"!\"); putchar('d');", "ab\n!cd"),
        (
            "close(99); perror(\"close\"); printf(\"%d %s\", errno == EBADF, strerror(EADDRINUSE));",
            "close: Bad file descriptor\n1 Address already in use",
        ),
    ];
    for (source, wants) in table {
        assert_eq!(run(source), (wants.to_owned(), Some(0)), "{source}");
    }
}

#[test]
fn functions_call_themselves_and_each_other() {
    let source = "\
#include <stdio.h>
#define DISKS 10
int moves;
int is_odd(unsigned int n);
int is_even(unsigned int n) { return n == 0 ? 1 : is_odd(n - 1); }
int is_odd(unsigned int n) { return n == 0 ? 0 : is_even(n - 1); }
void hanoi(int n, const char *from, const char *to, const char *over) {
  if (n == 0)
    return;
  hanoi(n - 1, from, over, to);
  moves++;
  hanoi(n - 1, over, to, from);
}
void swap(int *a, int *b) { int t = *a; *a = *b; *b = t; }
int sum(int a[], int n) { int s = 0; while (n--) s += *a++; return s; }
int main(void) {
  int v[] = {3, 4, 5};
  hanoi(DISKS, \"a\", \"b\", \"c\");
  swap(&v[0], v + 2);
  printf(\"%d %d %d %d\\n\", moves, is_even(100), v[0] * 10 + v[2], sum(v, 3));
  return 7;
}";
    assert_eq!(run(source), ("1023 1 53 12\n".into(), Some(7)));
}

/// A program of the user's own structs, wherever they lie.
#[test]
fn structs() {
    let source = "\
struct point { char tag; int x; long y[2]; };
struct line { struct point from, *to; };
struct point origin = {'o', 1, {2, 3}};
int main(void) {
  struct line l = {{.x = 5}, &origin};
  l.from = *l.to;
  l.to->y[1] = l.from.x + 40;
  printf(\"%c %ld %ld %zu\", l.from.tag, l.from.y[1], origin.y[1], sizeof (struct line));
  return 0;
}";
    assert_eq!(run(source), ("o 3 41 32".into(), Some(0)));
}

/// What C leaves undefined ends the program with the signal that it would most likely bring, and with a sentence.
#[test]
fn faults() {
    let table = [
        ("int a[3]; int i = 3; a[i] = 1;", 139, "4 octets do not fit behind octet 12 of `a`, which has 12"),
        ("char b[4]; strcpy(b, \"12345\");", 139, "6 octets do not fit behind octet 0 of `b`, which has 4"),
        ("int *p = NULL; *p = 1;", 139, "a pointer that is NULL points to nothing"),
        ("char *t = \"fixed\"; t[0] = 'F';", 139, "cannot be written to"),
        ("char b[2] = \"ab\"; strlen(b);", 139, "no zero octet ends the text in `b`"),
        ("char b[2]; read(3, b, -1);", 139, "is it −1 made unsigned?"),
        ("int n = 0; n = 5 % n;", 136, "division by zero"),
        ("while (1) ;", 152, "no call after 200000 operations"),
        (
            "int f(int n) { return f(n + 1) + 1; }\nint main(void) { return f(0); }",
            139,
            "the stack overflows",
        ),
        (
            "int f(void) { char big[500000]; big[0] = 0; return f() + big[0]; }\nint main(void) { return f(); }",
            139,
            "the stack overflows",
        ),
        (
            "int *f(void) { int here; return &here; }\nint main(void) { return *f(); }",
            139,
            "points to nothing that is still there",
        ),
        ("char *p = \"x\"; p += 2000000000; p += 2000000000; p += 2000000000; ", 139, "leaves its object"),
    ];
    for (source, status, sentence) in table {
        let mut c = config(2, "linux", &[]);
        c.programs = vec![program("p.c", source)];
        let mut w = World::new(vec![c]);
        w.run_until(1.0);
        assert_eq!(w.hosts[0].processes()[1].exited, Some(status), "{source}");
        let said = w.last_return(0).unwrap_or_default();
        assert!(said.contains(sentence), "{source}: {said}");
    }
}

/// Line, column and a sentence, before anything runs.
#[test]
fn errors() {
    let table = [
        ("int n = \"x\";", "line 1, column 9: this variable is `int`, but this is `char *`"),
        ("char *p; int n; p = n;", "line 1, column 21: the left side is `char *`, but this is `int`"),
        (
            "struct sockaddr_in a; bind(3, a, sizeof a);",
            "line 1, column 31: `bind` takes as argument 2 `struct sockaddr *`, but this is `struct sockaddr_in`",
        ),
        (
            "struct pollfd p; poll(p, 1, 0);",
            "`struct pollfd *`, but this is `struct pollfd`: put `&` before it",
        ),
        ("int n; n.x = 1;", "line 1, column 9: `int` has no members"),
        ("struct pollfd p[1]; p[0].evnts = 1;", "struct pollfd has fd, events, revents, not `evnts`"),
        ("struct pollfd *p; p.fd = 1;", "put `->` in place of `.`"),
        ("struct nothing s;", "`nothing` is no struct here"),
        ("int count; cuont = 1;", "`cuont` is not declared: did you mean `count`?"),
        ("lisen(3, 5);", "there is no call `lisen`: did you mean `listen`?"),
        ("3 = 4;", "line 1, column 1: only a variable, an element or a member can be assigned to"),
        ("char b[4]; b = \"x\";", "copy into it with strcpy or memcpy"),
        ("int a; int a;", "`a` is declared twice"),
        ("int f(int n) { return n; } int main(void) { return f(); }", "`f` takes 1 argument, not 0"),
        ("int f(int n); int main(void) { return f(1); }", "`f` is declared but its body is nowhere"),
        (
            "void f(void) { return 1; } int main(void) { return 0; }",
            "this function is void and gives nothing back",
        ),
        ("int f(void) { return; } int main(void) { return 0; }", "this function gives back an int"),
        ("int f(void) { return 1; }", "put the lines that run into main"),
        ("continue;", "this `continue` stands in no loop"),
        ("if (1) ; else ; else ;", "this `else` has no `if`"),
        ("switch (1) { }", "`switch` is not part of this C: use if and else"),
        ("goto end;", "`goto` is not part of this C"),
        ("double d;", "there is no `double` in this C"),
        ("#include <windows.h>\n", "the headers here are <arpa/inet.h>"),
        ("#include \"mine.h\"\n", "the headers that come with the playground are \"connect.h\", \"lines.h\""),
        ("#include \"lines.h\"\n#include \"lines.h\"\n", "line 2, column 10: \"lines.h\" is included twice"),
        ("int n;\n#include \"lines.h\"\n", "line 2, column 10: an #include stands before everything else"),
        (
            "#include \"listen.h\"\nint listen_on(int port, int n) { return port + n; } int main(void) { return 0; }",
            "line 2, column 5: `listen_on` has a body twice",
        ),
        ("#if 1\n", "`#if` is not part of this C"),
        ("#define F(x) x\n", "write a function `F`"),
        ("printf(\"%d\", \"x\");", "line 1, column 14: the format does not fit this `char *`: write %s"),
        ("printf(\"%d %d\", 1);", "this format wants 2 values behind it, not 1"),
        ("printf(\"%d\", sizeof 1);", "write %ld, %lu or %zu"),
        ("printf(\"%q\");", "`%q` is no conversion of printf"),
        ("int a[2] = {1, 2, 3};", "too many values: the array has 2 elements"),
        ("char s[2] = \"abc\";", "this text has 3 octets, the array 2"),
        ("int a[n]; ", "`n` is not declared"),
        ("int n; int a[n]; ", "this number must be known before the program runs"),
        (
            "int n; int g = n; int main(void) { return g; }",
            "must be known before the program runs: set it in main",
        ),
        ("char b[2000000];", "an array holds 1 to 1048576 elements"),
        ("int a = 08;", "`08` is not a whole number that C knows"),
        ("/* open", "this comment is never closed"),
        ("int a @ 1;", "`@` has no meaning here"),
    ];
    for (source, wants) in table {
        let said = error(source);
        assert!(said.contains(wants), "{source}: {said}");
    }
}

/// What a clone does leaves the other as it was.
#[test]
fn a_clone_goes_its_own_way() {
    let source = "int n = 0; char b[64] = \"\"; for (;;) { n++; b[n] = 'x'; usleep(1000); }";
    let mut c = config(2, "linux", &[]);
    c.programs = vec![program("p.c", source)];
    let mut host = Host::new(c).expect("sound");
    let mut out = Output::default();
    host.process_runs(Instant::ZERO, Pid(1), &mut out, &mut Tape::None);
    let before = host.processes();
    let mut copy = host.clone();
    copy.timer_fires(Instant::from_micros(1000), host::TimerKey::Process(Pid(1)), &mut out, &mut Tape::None);
    copy.process_runs(Instant::from_micros(1010), Pid(1), &mut out, &mut Tape::None);
    assert_ne!(copy.processes()[1].variables, before[1].variables);
    assert_eq!(host.processes(), before);
}

/// Words and signs of the language in any order: an error or a program, never a crash.
#[test]
fn nothing_panics() {
    let words = [
        "int ",
        "char ",
        "struct pollfd ",
        "unsigned ",
        "x",
        "y",
        "f",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        ";",
        ",",
        "=",
        "*",
        "&",
        "+",
        "-",
        "->",
        ".",
        "fd",
        "1",
        "0",
        "\"s\"",
        "'c'",
        "if ",
        "else ",
        "for ",
        "while ",
        "do ",
        "return ",
        "break;",
        "sizeof ",
        "printf",
        "read",
        "memcpy",
        "?",
        ":",
        "<<",
        "++",
        "--",
        "==",
        "void ",
        "\n#define x ",
        "%",
        "int main(void) {",
        "x = ",
        "char b[9];",
        "int f(int x) {",
        "struct s { int a; };",
        "struct s ",
        "(char *)",
        "!",
    ];
    let mut seed = 7u64;
    let mut sound = 0;
    for round in 0..20_000 {
        let mut text = String::new();
        for _ in 0..3 + round % 12 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            text.push_str(words[(seed >> 33) as usize % words.len()]);
        }
        let mut c = config(2, "linux", &[]);
        c.programs = vec![program("x.c", &text)];
        if let Ok(mut host) = Host::new(c) {
            sound += 1;
            let mut out = Output::default();
            host.process_runs(Instant::ZERO, Pid(1), &mut out, &mut Tape::None);
            assert_eq!(host.processes().len(), 2);
        }
    }
    assert!(sound > 100, "some of them are programs: {sound}");
    for deep in [
        "(",
        "[",
        "*",
        "&",
        "x[",
        "{",
        "f(",
        "1?",
        "1+(",
        "if(1)",
        "do ",
        "x=",
        "-",
        "(char)",
        "{{",
        "struct a{",
    ] {
        assert!(host::program::check(&format!("int x, y = {}", deep.repeat(8_000))).is_err());
        assert!(host::program::check(&format!("int x; {}", deep.repeat(8_000))).is_err());
    }
}

/// `docs/language.md` has every function that there is, as it is.
#[test]
fn the_document_has_every_prototype() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language.md");
    let document = std::fs::read_to_string(path).expect("docs/language.md");
    for prototype in host::program::prototypes() {
        assert!(document.contains(&format!("{prototype};")), "{prototype}");
    }
}
