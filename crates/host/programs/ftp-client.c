/* Fetches a file twice: once it opens the data connection itself, once the server does. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "10.0.0.2"

/* A socket that listens on a port of every address. */
int listen_on(int port, int backlog) {
  int s, on = 1;
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(port)};

  s = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(s, (struct sockaddr *)&addr, sizeof addr) < 0 || listen(s, backlog) < 0) {
    perror("listen_on");
    exit(1);
  }
  return s;
}

/* A connection to a port of the server. */
int connect_to(int port) {
  int s;
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(port)};

  inet_pton(AF_INET, SERVER, &addr.sin_addr);
  s = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(s, (struct sockaddr *)&addr, sizeof addr) < 0) {
    perror("connect");
    exit(1);
  }
  return s;
}

char in[1024];
int have;

/* One line without its CRLF; -1 where the other side has ended. */
int get_line(int fd, char *line, int size) {
  char *end;
  int len;
  ssize_t n;

  while ((end = memchr(in, '\n', have)) == NULL) {
    n = read(fd, in + have, sizeof in - have);
    if (n <= 0)
      return -1;
    have += n;
  }
  len = end - in;
  if (len < size)
    size = len + 1;
  memcpy(line, in, size - 1);
  line[size - 1] = 0;
  have -= len + 1;
  memmove(in, end + 1, have);
  if (size > 1 && line[size - 2] == '\r')
    line[size - 2] = 0;
  return strlen(line);
}

void say(int fd, const char *text) {
  char line[300];
  int n;

  n = snprintf(line, sizeof line, "%s\r\n", text);
  write(fd, line, n);
}

char answer[256];

/* Says a line, if there is one, and waits for an answer that begins as expected. */
void talk(int s, const char *said, const char *expected) {
  if (said != NULL) {
    printf("> %s\n", said);
    say(s, said);
  }
  if (get_line(s, answer, sizeof answer) < 0 || strncmp(answer, expected, strlen(expected)) != 0) {
    fprintf(stderr, "expected %s\n", expected);
    exit(1);
  }
  printf("< %s\n", answer);
}

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
  int s = connect_to(21), d, port;
  char line[64];
  unsigned int ip;
  struct sockaddr_in me;
  socklen_t len = sizeof me;

  talk(s, NULL, "220");
  talk(s, "USER anonymous", "331");
  talk(s, "PASS guest", "230");

  talk(s, "PASV", "227");
  d = connect_to(passive_port());
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
