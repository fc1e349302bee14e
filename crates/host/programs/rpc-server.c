/* RPC over TCP with record marking (RFC 5531), as NFS does it: program 100003, version 3, procedure NULL. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "listen.h"
#include "records.h"

#define SUCCESS 0
#define PROG_UNAVAIL 1
#define PROC_UNAVAIL 3

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
