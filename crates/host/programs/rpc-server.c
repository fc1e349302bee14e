/* RPC over TCP with record marking (RFC 5531), as NFS does it: program 100003, version 3, procedure NULL. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SUCCESS 0
#define PROG_UNAVAIL 1
#define PROC_UNAVAIL 3

/* A socket that listens on a port of every address. */
int listen_on(int port, int backlog) {
  int s, on = 1;
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(port)};

  s = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(s, (struct sockaddr *)&addr, sizeof addr) < 0 || listen(s, backlog) < 0) {
    perror("listen_on");
    exit(1);
  }
  return s;
}

#define LAST 0x80000000u /* the last fragment of a record */
#define CALL 0
#define REPLY 1

int put(unsigned char *to, int at, uint32_t n) {
  n = htonl(n);
  memcpy(to + at, &n, 4);
  return at + 4;
}

uint32_t get(const unsigned char *from, int at) {
  uint32_t n;

  memcpy(&n, from + at, 4);
  return ntohl(n);
}

/* One record, whatever its fragments are (RFC 5531 section 11); its length, or -1. */
int read_record(int fd, unsigned char *record, int size) {
  unsigned char mark[4];
  int len = 0, part;

  do {
    if (recv(fd, mark, 4, MSG_WAITALL) != 4)
      return -1;
    part = get(mark, 0) & ~LAST;
    if (part > size - len || recv(fd, record + len, part, MSG_WAITALL) != part)
      return -1;
    printf("fragment of %d octets%s\n", part, get(mark, 0) & LAST ? ", the last" : "");
    len += part;
  } while (!(get(mark, 0) & LAST));
  return len;
}

void serve(int c) {
  unsigned char call[1024], reply[64];
  int status, at;

  while (read_record(c, call, sizeof call) >= 24) {
    if (get(call, 4) != CALL)
      return;
    status = get(call, 12) != 100003 ? PROG_UNAVAIL : get(call, 20) != 0 ? PROC_UNAVAIL : SUCCESS;
    at = put(reply, 0, LAST | 24);
    at = put(reply, at, get(call, 0)); /* whose answer this is: the same xid */
    at = put(reply, at, REPLY);
    at = put(reply, at, 0); /* accepted */
    at = put(reply, at, 0); /* verifier: AUTH_NONE, */
    at = put(reply, at, 0); /* of no octets */
    at = put(reply, at, status);
    write(c, reply, at);
  }
}

int main(void) {
  int s = listen_on(2049, 5), c;

  for (;;) {
    c = accept(s, NULL, NULL);
    serve(c);
    close(c);
  }
}
