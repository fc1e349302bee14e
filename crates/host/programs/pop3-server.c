/* POP3 (RFC 1939), for a mailbox of two letters. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LETTERS 2

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

/* A letter's text. */
const char *letter(int i) {
  if (i == 1)
    return "Subject: first\r\n\r\nHello.";
  return "Subject: second\r\n\r\n..and goodbye.";
}

/* The number of a letter that is there, or 0. */
int number(const char *text, int *gone) {
  int i = atoi(text);

  return i >= 1 && i <= LETTERS && !gone[i] ? i : 0;
}

void status(int c, int *gone) {
  char line[64];
  int i, count = 0;
  size_t octets = 0;

  for (i = 1; i <= LETTERS; i++)
    if (!gone[i]) {
      count++;
      octets += strlen(letter(i)) + 2;
    }
  snprintf(line, sizeof line, "+OK %d %zu", count, octets);
  say(c, line);
}

void serve(int c) {
  char line[128];
  int i, gone[LETTERS + 1] = {0};

  say(c, "+OK POP3");
  while (get_line(c, line, sizeof line) >= 0) {
    if (strncasecmp(line, "USER ", 5) == 0 || strncasecmp(line, "PASS ", 5) == 0) {
      say(c, "+OK");
    } else if (strcasecmp(line, "STAT") == 0) {
      status(c, gone);
    } else if (strncasecmp(line, "RETR ", 5) == 0 && (i = number(line + 5, gone))) {
      say(c, "+OK it follows");
      say(c, letter(i));
      say(c, ".");
    } else if (strncasecmp(line, "DELE ", 5) == 0 && (i = number(line + 5, gone))) {
      gone[i] = 1;
      say(c, "+OK gone");
    } else if (strcasecmp(line, "QUIT") == 0) {
      say(c, "+OK bye");
      return;
    } else {
      say(c, "-ERR what?");
    }
  }
}

int main(void) {
  int s = listen_on(110, 5), c;

  for (;;) {
    c = accept(s, NULL, NULL);
    have = 0;
    serve(c);
    close(c);
  }
}
