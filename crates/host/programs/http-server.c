/* HTTP/1.0 (RFC 1945): one request a connection; the end of the answer is the end of the connection. */
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

void answer(int c, const char *status, const char *body) {
  char head[256];
  int n;

  n = snprintf(head, sizeof head, "HTTP/1.0 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", status,
               strlen(body));
  write(c, head, n);
  write(c, body, strlen(body));
}

int main(void) {
  int s = listen_on(80, 5), c;
  char request[256], line[256];

  for (;;) {
    c = accept(s, NULL, NULL);
    have = 0;
    if (get_line(c, request, sizeof request) >= 0) {
      while (get_line(c, line, sizeof line) > 0)
        ; /* the header fields say nothing to us */
      if (strncmp(request, "GET ", 4) != 0)
        answer(c, "501 Not Implemented", "Only GET is known here.\n");
      else if (strncmp(request, "GET / ", 6) == 0)
        answer(c, "200 OK", "Hello from a very small server.\n");
      else
        answer(c, "404 Not Found", "There is only /.\n");
      printf("%s\n", request);
    }
    close(c);
  }
}
