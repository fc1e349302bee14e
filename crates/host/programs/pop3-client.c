/* Fetches the letters of a mailbox and deletes the first. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "10.0.0.2"

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

/* Says a line, if there is one, and waits for an answer that begins as expected. */
void talk(int s, const char *said, const char *expected) {
  char line[256];

  if (said != NULL) {
    printf("> %s\n", said);
    say(s, said);
  }
  if (get_line(s, line, sizeof line) < 0 || strncmp(line, expected, strlen(expected)) != 0) {
    fprintf(stderr, "expected %s\n", expected);
    exit(1);
  }
  printf("< %s\n", line);
}

/* Lines up to the one that is a dot. */
void fetch(int s) {
  char line[256];

  while (get_line(s, line, sizeof line) >= 0 && strcmp(line, ".") != 0)
    printf("| %s\n", line[0] == '.' ? line + 1 : line);
}

int main(void) {
  int s = connect_to(110);

  talk(s, NULL, "+OK");
  talk(s, "USER bob", "+OK");
  talk(s, "PASS secret", "+OK");
  talk(s, "STAT", "+OK 2");
  talk(s, "RETR 1", "+OK");
  fetch(s);
  talk(s, "RETR 2", "+OK");
  fetch(s);
  talk(s, "DELE 1", "+OK");
  talk(s, "RETR 1", "-ERR");
  talk(s, "STAT", "+OK 1");
  talk(s, "QUIT", "+OK");
  close(s);
  return 0;
}
