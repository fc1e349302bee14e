/* Two RPC calls in one segment, the second in two fragments: the marks tell where each record ends. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "connect.h"
#include "records.h"

#define SERVER "10.0.0.2"

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
  int s = connect_to(SERVER, 2049), at, i;
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
