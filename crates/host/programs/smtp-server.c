/* SMTP (RFC 5321), as much as takes one letter. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* The lines of a letter up to the one that is a dot. */
int letter(int c) {
  char line[256];
  int lines = 0;

  while (get_line(c, line, sizeof line) >= 0) {
    if (strcmp(line, ".") == 0)
      return lines;
    /* RFC 5321 section 4.5.2: a dot was put before a line that begins with one */
    printf("| %s\n", line[0] == '.' ? line + 1 : line);
    lines++;
  }
  return -1;
}

void serve(int c) {
  char line[256];

  say(c, "220 mail.example ESMTP");
  while (get_line(c, line, sizeof line) >= 0) {
    if (strncasecmp(line, "HELO ", 5) == 0 || strncasecmp(line, "EHLO ", 5) == 0) {
      say(c, "250 mail.example");
    } else if (strncasecmp(line, "MAIL FROM:", 10) == 0 || strncasecmp(line, "RCPT TO:", 8) == 0) {
      printf("%s\n", line);
      say(c, "250 OK");
    } else if (strcasecmp(line, "DATA") == 0) {
      say(c, "354 End with a line that is a dot");
      if (letter(c) < 0)
        return;
      say(c, "250 Taken");
    } else if (strcasecmp(line, "QUIT") == 0) {
      say(c, "221 Bye");
      return;
    } else {
      say(c, "500 What?");
    }
  }
}

int main(void) {
  int s = listen_on(25, 5), c;

  for (;;) {
    c = accept(s, NULL, NULL);
    have = 0;
    serve(c);
    close(c);
  }
}
