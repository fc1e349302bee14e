/* Two RPC calls in one segment, the second in two fragments: the marks tell where each record ends. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "10.0.0.2"

/* A connection to a port of the server. */
int connect_to(int port) {
  int s;
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(port)};

  inet_pton(AF_INET, SERVER, &addr.sin_addr);
  s = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(s, (struct sockaddr *)&addr, sizeof addr) < 0) {
    perror("connect");
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

/* A call without its mark: xid, version 2 of RPC, program, version, procedure, no credentials. */
int call(unsigned char *to, int at, uint32_t xid, uint32_t procedure) {
  at = put(to, at, xid);
  at = put(to, at, CALL);
  at = put(to, at, 2);
  at = put(to, at, 100003);
  at = put(to, at, 3);
  at = put(to, at, procedure);
  memset(to + at, 0, 16);
  return at + 16;
}

int main(void) {
  int s = connect_to(2049), at, i;
  unsigned char out[256], body[64], reply[64];

  at = put(out, 0, LAST | 40);
  at = call(out, at, 1, 0);
  call(body, 0, 2, 99);
  at = put(out, at, 16); /* not the last */
  memcpy(out + at, body, 16);
  at = put(out, at + 16, LAST | 24);
  memcpy(out + at, body + 16, 24);
  write(s, out, at + 24);
  for (i = 0; i < 2; i++)
    if (read_record(s, reply, sizeof reply) == 24)
      printf("call %u: status %u\n", get(reply, 0), get(reply, 20));
  close(s);
  return 0;
}
