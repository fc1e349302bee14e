/* Fetches a file twice: once it opens the data connection itself, once the server does. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "connect.h"
#include "lines.h"
#include "listen.h"
#include "talk.h"

#define SERVER "10.0.0.2"

/* The file, until the data connection ends. */
void fetch(int d) {
  char buf[256];
  ssize_t n;
  long all = 0;

  while ((n = read(d, buf, sizeof buf)) > 0)
    all += n;
  printf("%ld octets\n", all);
  close(d);
}

/* The port in the brackets of a 227: the last two numbers. */
int passive_port(void) {
  char *at = strchr(answer, '(');
  int i, high;

  for (i = 0; i < 4; i++)
    at = strchr(at + 1, ',');
  high = atoi(at + 1);
  at = strchr(at + 1, ',');
  return high * 256 + atoi(at + 1);
}

int main(void) {
  int s = connect_to(SERVER, 21), d, port;
  char line[64];
  unsigned int ip;
  struct sockaddr_in me;
  socklen_t len = sizeof me;

  talk(s, NULL, "220");
  talk(s, "USER anonymous", "331");
  talk(s, "PASS guest", "230");

  talk(s, "PASV", "227");
  d = connect_to(SERVER, passive_port());
  talk(s, "RETR hello.txt", "150");
  fetch(d);
  talk(s, NULL, "226");

  d = listen_on(2021, 1);
  port = 2021;
  getsockname(s, (struct sockaddr *)&me, &len);
  ip = ntohl(me.sin_addr.s_addr);
  snprintf(line, sizeof line, "PORT %u,%u,%u,%u,%d,%d", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255, port >> 8,
           port & 255);
  talk(s, line, "200");
  talk(s, "RETR hello.txt", "150");
  fetch(accept(d, NULL, NULL));
  talk(s, NULL, "226");

  talk(s, "QUIT", "221");
  close(d);
  close(s);
  return 0;
}
