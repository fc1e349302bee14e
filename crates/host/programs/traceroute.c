/* Which routers lead to a host: datagrams to ports that nobody has, with a TTL of one, two, three … Each router where one
   dies says so, and the host itself says that there is no such port (RFC 792). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TARGET "10.0.3.80"
#define FIRST_PORT 33434
#define MAX_HOPS 30
#define PROBES 3

/* Microseconds since some moment. */
long now(void) {
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The destination port of the datagram that an ICMP error quotes; 0: it is no error, or quotes something else. */
int quoted_port(unsigned char *datagram, ssize_t len) {
  unsigned char *icmp = datagram + (datagram[0] & 15) * 4, *quote = icmp + 8, *udp;

  if (icmp + 8 + 20 + 8 > datagram + len || (icmp[0] != ICMP_TIME_EXCEEDED && icmp[0] != ICMP_DEST_UNREACH))
    return 0;
  udp = quote + (quote[0] & 15) * 4;
  return quote[9] == IPPROTO_UDP ? udp[2] << 8 | udp[3] : 0;
}

/* Waits a second for the error about the datagram to a port. Type and code of it, or −1; who sent it. */
int answer(int s, int port, struct sockaddr_in *from) {
  unsigned char datagram[1500], *icmp;
  ssize_t n;
  socklen_t len;
  struct pollfd p = {.fd = s, .events = POLLIN};

  while (poll(&p, 1, 1000) > 0) {
    len = sizeof *from;
    n = recvfrom(s, datagram, sizeof datagram, 0, (struct sockaddr *)from, &len);
    if (n > 20 && quoted_port(datagram, n) == port) {
      icmp = datagram + (datagram[0] & 15) * 4;
      return icmp[0] << 8 | icmp[1];
    }
  }
  return -1;
}

int main(void) {
  int probe, heard, ttl, said, port = FIRST_PORT, there = 0;
  long began, took;
  char name[16];
  struct sockaddr_in to = {.sin_family = AF_INET}, from;

  inet_pton(AF_INET, TARGET, &to.sin_addr);
  probe = socket(AF_INET, SOCK_DGRAM, 0);
  heard = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  if (probe < 0 || heard < 0) {
    perror("socket");
    exit(1);
  }
  for (ttl = 1; ttl <= MAX_HOPS && !there; ttl++) {
    int n, named = 0;

    setsockopt(probe, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
    printf("%2d ", ttl);
    for (n = 0; n < PROBES; n++, port++) {
      to.sin_port = htons(port);
      began = now();
      sendto(probe, "traceroute", 10, 0, (struct sockaddr *)&to, sizeof to);
      said = answer(heard, port, &from);
      took = now() - began;
      if (said < 0) {
        printf(" *");
        continue;
      }
      if (!named) {
        inet_ntop(AF_INET, &from.sin_addr, name, sizeof name);
        printf(" %s", name);
        named = 1;
      }
      printf("  %ld.%03ld ms", took / 1000, took % 1000);
      /* An unreachable of any other code than the port's says that there is no way further. */
      if (said >> 8 == ICMP_DEST_UNREACH) {
        there = 1;
        if ((said & 255) != ICMP_PORT_UNREACH)
          printf(" !%d", said & 255);
      }
    }
    printf("\n");
  }
  return !there;
}
