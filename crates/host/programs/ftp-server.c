/* FTP (RFC 959): a connection for commands, and another for each file, which either side may open. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lines.h"
#include "listen.h"

/* Six numbers with commas: four of an address, two of a port. */
int read_place(const char *text, struct sockaddr_in *addr) {
  int i;
  long n[6];
  char *end, ip[32];

  for (i = 0; i < 6; i++) {
    n[i] = strtol(text, &end, 10);
    if (n[i] < 0 || n[i] > 255 || (i < 5 && *end != ','))
      return -1;
    text = end + 1;
  }
  snprintf(ip, sizeof ip, "%ld.%ld.%ld.%ld", n[0], n[1], n[2], n[3]);
  memset(addr, 0, sizeof *addr);
  addr->sin_family = AF_INET;
  addr->sin_port = htons(n[4] * 256 + n[5]);
  return inet_pton(AF_INET, ip, &addr->sin_addr) == 1 ? 0 : -1;
}

/* Passive: we listen on some port, and say on which. */
int passive(int c) {
  int p = listen_on(0, 1), port;
  char line[64];
  unsigned int ip;
  struct sockaddr_in me, data;
  socklen_t len = sizeof me;

  getsockname(c, (struct sockaddr *)&me, &len);
  len = sizeof data;
  getsockname(p, (struct sockaddr *)&data, &len);
  ip = ntohl(me.sin_addr.s_addr);
  port = ntohs(data.sin_port);
  snprintf(line, sizeof line, "227 Entering Passive Mode (%u,%u,%u,%u,%d,%d)", ip >> 24, ip >> 16 & 255, ip >> 8 & 255,
           ip & 255, port >> 8, port & 255);
  say(c, line);
  return p;
}

/* Active: the client listens, we come from port 20. */
int active(struct sockaddr_in *to) {
  int d = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons(20)};

  setsockopt(d, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  bind(d, (struct sockaddr *)&from, sizeof from);
  if (connect(d, (struct sockaddr *)to, sizeof *to) < 0) {
    perror("active");
    close(d);
    return -1;
  }
  return d;
}

void retrieve(int c, const char *name, int listener, struct sockaddr_in *port) {
  int d, i;
  char line[64];

  if (strcmp(name, "hello.txt") != 0) {
    say(c, "550 No such file");
    return;
  }
  say(c, "150 Here it comes");
  d = listener >= 0 ? accept(listener, NULL, NULL) : active(port);
  if (d < 0) {
    say(c, "425 No data connection");
    return;
  }
  for (i = 1; i <= 3; i++) {
    snprintf(line, sizeof line, "line %d of the file\r\n", i);
    write(d, line, strlen(line));
  }
  close(d); /* the end of the file */
  say(c, "226 Done");
}

void serve(int c) {
  int listener = -1;
  char line[128];
  struct sockaddr_in port = {0};

  say(c, "220 FTP");
  while (get_line(c, line, sizeof line) >= 0) {
    printf("%s\n", line);
    if (strncasecmp(line, "USER ", 5) == 0) {
      say(c, "331 And the password?");
    } else if (strncasecmp(line, "PASS ", 5) == 0) {
      say(c, "230 Come in");
    } else if (strcasecmp(line, "PASV") == 0) {
      listener = passive(c);
    } else if (strncasecmp(line, "PORT ", 5) == 0) {
      say(c, read_place(line + 5, &port) == 0 ? "200 OK" : "501 That is no place");
    } else if (strncasecmp(line, "RETR ", 5) == 0) {
      retrieve(c, line + 5, listener, &port);
      if (listener >= 0)
        close(listener);
      listener = -1;
    } else if (strcasecmp(line, "QUIT") == 0) {
      say(c, "221 Bye");
      return;
    } else {
      say(c, "502 What?");
    }
  }
}

int main(void) {
  int s = listen_on(21, 5), c;

  for (;;) {
    c = accept(s, NULL, NULL);
    have = 0;
    serve(c);
    close(c);
  }
}
