/* HTTP/1.0 (RFC 1945): one request a connection; the end of the answer is the end of the connection. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lines.h"
#include "listen.h"

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
