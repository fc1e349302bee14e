/* Hands a letter over. */
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

int main(void) {
  int s = connect_to(25);

  talk(s, NULL, "220");
  talk(s, "HELO client.example", "250");
  talk(s, "MAIL FROM:<alice@client.example>", "250");
  talk(s, "RCPT TO:<bob@mail.example>", "250");
  talk(s, "DATA", "354");
  say(s, "Subject: a letter");
  say(s, "");
  say(s, "..and so on");
  talk(s, ".", "250");
  talk(s, "QUIT", "221");
  close(s);
  return 0;
}
