/* A name server: one zone, over UDP and over TCP. What does not fit into a datagram is cut off, and asked for again over TCP. */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <dns.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONGEST 16384

struct dns_record zone[] = {
  {"example", T_NS, 3600, "ns.example"},
  {"example", T_MX, 3600, "10 mail.example"},
  {"ns.example", T_A, 3600, "10.0.0.53"},
  {"web.example", T_A, 300, "10.0.0.2"},
  {"www.example", T_CNAME, 300, "web.example"},
  {"mail.example", T_A, 300, "10.0.0.2"},
  /* more than a datagram holds */
  {"long.example", T_A, 60, "10.0.0.2"},
  {"long.example", T_TXT, 60, "A reply over UDP has 512 octets at the most; what is longer comes over TCP."},
};
#define RECORDS (sizeof zone / sizeof zone[0])

unsigned char query[LONGEST], reply[LONGEST];

/* A socket of the given type on port 53 of every address. */
int open_on(int type) {
  int s, on = 1;
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(53)};

  s = socket(AF_INET, type, 0);
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(s, (struct sockaddr *)&addr, sizeof addr) < 0) {
    perror("bind");
    exit(1);
  }
  return s;
}

void over_udp(int s) {
  struct sockaddr_in from;
  socklen_t len = sizeof from;
  ssize_t n = recvfrom(s, query, sizeof query, 0, (struct sockaddr *)&from, &len);
  int size;

  if (n <= 0)
    return;
  size = dns_reply(zone, RECORDS, query, n, reply, 512);
  if (size > 0)
    sendto(s, reply, size, 0, (struct sockaddr *)&from, len);
}

/* RFC 1035, section 4.2.2: two octets of length before each message. */
void over_tcp(int s) {
  int c = accept(s, NULL, NULL), have = 0, size;
  ssize_t n;

  while ((n = read(c, query + have, sizeof query - have)) > 0) {
    have += n;
    if (have < 2 || have < 2 + (query[0] << 8 | query[1]))
      continue;
    size = dns_reply(zone, RECORDS, query + 2, have - 2, reply + 2, sizeof reply - 2);
    reply[0] = size >> 8;
    reply[1] = size & 255;
    write(c, reply, size + 2);
    have = 0;
  }
  close(c);
}

int main(void) {
  struct pollfd p[2];

  p[0].fd = open_on(SOCK_DGRAM);
  p[1].fd = open_on(SOCK_STREAM);
  listen(p[1].fd, 5);
  p[0].events = p[1].events = POLLIN;
  for (;;) {
    poll(p, 2, -1);
    if (p[0].revents & POLLIN)
      over_udp(p[0].fd);
    if (p[1].revents & POLLIN)
      over_tcp(p[1].fd);
  }
}
