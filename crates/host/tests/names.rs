//! Names: what getaddrinfo finds without a network, and what is said where it finds nothing.

use crate::common::*;

/// Prints the error of a look-up, or its addresses and ports.
const LOOK_UP: &str = r#"
int main(void) {
  struct addrinfo hints, *found, *a;
  struct sockaddr_in *place;
  char text[16];
  int error;
  memset(&hints, 0, sizeof hints);
  HINTS
  error = getaddrinfo(ARGUMENTS, &hints, &found);
  if (error) {
    printf("%d %s\n", error, gai_strerror(error));
    return 1;
  }
  for (a = found; a; a = a->ai_next) {
    place = (struct sockaddr_in *)a->ai_addr;
    inet_ntop(AF_INET, &place->sin_addr, text, sizeof text);
    printf("%s:%d %d/%d\n", text, ntohs(place->sin_port), a->ai_socktype, a->ai_protocol);
  }
  freeaddrinfo(found);
  return 0;
}
"#;

fn look_up(arguments: &str, hints: &str) -> String {
    let mut c = config(2, "linux", &[]);
    c.hosts = vec![("printer".into(), ip(9)), ("Web.Example".into(), ip(7))];
    let source = LOOK_UP.replace("ARGUMENTS", arguments).replace("HINTS", hints);
    c.programs = vec![program("p.c", &source)];
    let mut w = World::new(vec![c]);
    w.run_until(30.0);
    w.hosts[0].processes()[1].output.trim_end().to_owned()
}

#[test]
fn what_needs_no_server() {
    let stream = "hints.ai_socktype = SOCK_STREAM;";
    for (arguments, hints, comes_to) in [
        (r#""10.0.0.5", "80""#, stream, "10.0.0.5:80 1/6"),
        (r#""10.0.0.5", "http""#, "", "10.0.0.5:80 1/6\n10.0.0.5:80 2/17\n10.0.0.5:80 3/0"),
        (r#""printer", NULL"#, stream, "10.0.0.9:0 1/6"),
        (r#""web.example", "domain""#, "hints.ai_socktype = SOCK_DGRAM;", "10.0.0.7:53 2/17"),
        (r#"NULL, "7""#, &format!("{stream} hints.ai_flags = AI_PASSIVE;"), "0.0.0.0:7 1/6"),
        (r#"NULL, "7""#, stream, "127.0.0.1:7 1/6"),
        (r#"NULL, NULL"#, stream, "-2 Name or service not known"),
        (r#""10.0.0.5", "nonsense""#, stream, "-8 Servname not supported for ai_socktype"),
        (r#""printer", NULL"#, "hints.ai_flags = AI_NUMERICHOST;", "-2 Name or service not known"),
        (r#""printer", "http""#, "hints.ai_flags = AI_NUMERICSERV;", "-2 Name or service not known"),
        (r#""printer", NULL"#, "hints.ai_family = 10;", "-6 ai_family not supported"),
        (r#""a..b", NULL"#, stream, "-2 Name or service not known"),
        // No server to ask.
        (r#""www.example", NULL"#, stream, "-3 Temporary failure in name resolution"),
    ] {
        assert_eq!(look_up(arguments, hints), comes_to, "getaddrinfo({arguments}, {hints})");
    }
}
/// The library has no lines and no variables of its own to show.
#[test]
fn a_program_stands_where_it_calls() {
    let source = "struct addrinfo *found;\nint error;\nerror = getaddrinfo(\"www.example\", \"http\", NULL, &found);\nprintf(\"%d\\n\", error);";
    let mut c = config(2, "linux", &[]);
    c.dns = vec![ip(53)];
    c.programs = vec![program("p.c", source)];
    let mut w = World::new(vec![c]);
    w.run_until(2.0);
    let process = &w.hosts[0].processes()[1];
    assert_eq!((process.line, process.blocked.as_deref()), (3, Some("poll")));
    let names: Vec<&str> = process.variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["found", "error"]);
    assert_eq!(process.frames.len(), 1, "{:?}", process.frames);
}

/// A name server on station 53, a web server on 2, and who looks for them.
fn look_up_at_a_server(lose: fn(&wire::tcp::Header) -> bool) -> World {
    let (mut client, mut server, mut names) =
        (config(1, "linux", &[]), config(2, "linux", &[]), config(53, "linux", &[]));
    let source = |file: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("programs").join(file);
        program(file, &std::fs::read_to_string(path).expect(file))
    };
    client.dns = vec![ip(53)];
    client.programs = vec![source("look-up.c")];
    server.programs = vec![source("http-server.c")];
    names.programs = vec![source("dns-server.c")];
    let mut w = World::new(vec![client, server, names]);
    w.lose = lose;
    w.run_until(5.0);
    w
}

#[test]
fn a_name_is_looked_up_and_its_server_asked_for_a_page() {
    let w = look_up_at_a_server(|_| false);
    let process = &w.hosts[0].processes()[1];
    assert!(process.output.starts_with("www.example is 10.0.0.2\nHTTP/1.0 200"), "{}", process.output);
    assert_eq!(process.exited, Some(0));
    let lines: Vec<String> = w.sent.iter().map(|f| wire::summary::line(f)).collect();
    let dns: Vec<&str> = lines.iter().filter(|l| l.contains("10.0.0.53.53")).map(String::as_str).collect();
    assert_eq!(dns.len(), 2, "{lines:?}");
    assert!(dns[0].contains("+ A? www.example. (29)"), "{dns:?}");
    assert!(dns[1].contains("* 2/0/0 CNAME web.example., A 10.0.0.2 ("), "{dns:?}");
    let count = |host: usize, name: &str| w.hosts[host].counter(name);
    assert_eq!(
        (count(0, "UdpOutDatagrams"), count(0, "UdpInDatagrams"), count(2, "UdpInDatagrams")),
        (1, 1, 1)
    );
}
