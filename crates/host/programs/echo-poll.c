/* Echo with one process that asks poll which of its sockets have something. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 16

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
  int used = 1, i;
  ssize_t n;
  char buf[512];
  struct pollfd p[MOST];

  p[0].fd = listen_on(7, 5);
  p[0].events = POLLIN;
  for (;;) {
    poll(p, used, -1);
    for (i = used - 1; i > 0; i--) {
      if (!(p[i].revents & (POLLIN | POLLHUP | POLLERR)))
        continue;
      n = read(p[i].fd, buf, sizeof buf);
      if (n > 0) {
        write(p[i].fd, buf, n);
      } else {
        close(p[i].fd);
        p[i] = p[--used]; /* the last one takes its place */
      }
    }
    if ((p[0].revents & POLLIN) && used < MOST) {
      p[used].fd = accept(p[0].fd, NULL, NULL);
      p[used].events = POLLIN;
      p[used].revents = 0;
      used++;
    }
  }
}
