//! Names: what getaddrinfo finds without a network, and what is said where it finds nothing.

mod common;
use common::*;

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
