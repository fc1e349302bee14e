/* Echo (RFC 862), one client after another: the others wait in the accept queue. */
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

int main(void) {
  int s = listen_on(7, 5), c;
  ssize_t n;
  char buf[512];

  for (;;) {
    c = accept(s, NULL, NULL);
    while ((n = read(c, buf, sizeof buf)) > 0)
      write(c, buf, n);
    close(c);
  }
}
