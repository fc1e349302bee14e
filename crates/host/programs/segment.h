/* Segments of TCP under any name, made by hand. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define SYN 2
#define RST 4
#define PSH 8
#define ACK 16

/* Writes a number into octets, the highest first. */
void put_octets(unsigned char *to, unsigned int n, int octets) {
  while (octets-- > 0)
    *to++ = n >> 8 * octets;
}

/* Adds octets to a sum of ones' complement (RFC 1071). */
unsigned int add_octets(unsigned int sum, const unsigned char *from, int n) {
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
  put_octets(d + 2, 20 + len, 2);
  d[8] = 64;
  d[9] = IPPROTO_TCP;
  inet_pton(AF_INET, from, d + 12);
  inet_pton(AF_INET, to, d + 16);
  put_octets(d + 20, sport, 2);
  put_octets(d + 22, dport, 2);
  put_octets(d + 24, seq, 4);
  put_octets(d + 28, ack, 4);
  d[32] = 5 << 4;
  d[33] = flags;
  put_octets(d + 34, 8192, 2);
  memcpy(d + 40, text, strlen(text));
  sum = add_octets(IPPROTO_TCP + len, d + 12, 8 + len);
  while (sum >> 16)
    sum = (sum & 0xffff) + (sum >> 16);
  put_octets(d + 36, ~sum & 0xffff, 2);
  inet_pton(AF_INET, to, &where.sin_addr);
  if (sendto(s, d, 20 + len, 0, (struct sockaddr *)&where, sizeof where) < 0)
    perror("sendto");
}

/* The number with which a host answers a SYN of ours. Our own system knows nothing of it, and resets what comes of it. */
unsigned int probe(int out, int in, const char *from, int sport, const char *to, int dport) {
  unsigned char d[1500];
  int n, at;

  segment(out, from, sport, to, dport, 1, 0, SYN, "");
  for (;;) {
    n = recv(in, d, sizeof d, 0);
    at = (d[0] & 15) * 4;
    if (n >= at + 20 && (d[at + 2] << 8 | d[at + 3]) == sport && d[at + 13] == (SYN | ACK))
      return (unsigned int)d[at + 4] << 24 | d[at + 5] << 16 | d[at + 6] << 8 | d[at + 7];
  }
}
