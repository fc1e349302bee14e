/* Echo with epoll, edge-triggered: it is told once of what comes, so it reads until there is no more. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
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

void watch(int ep, int fd) {
  struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET};

  e.data.fd = fd;
  if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e) < 0)
    perror("epoll_ctl");
}

/* Every connection that waits. */
void take_all(int ep, int s) {
  int c;

  while ((c = accept4(s, NULL, NULL, SOCK_NONBLOCK)) >= 0)
    watch(ep, c);
  if (errno != EAGAIN)
    perror("accept4");
}

/* Everything that there is to read; close takes the socket off the list. */
void serve(int c) {
  ssize_t n;
  char buf[512];

  while ((n = read(c, buf, sizeof buf)) > 0)
    write(c, buf, n);
  if (n == 0 || errno != EAGAIN)
    close(c);
}

int main(void) {
  int s = listen_on(7, 5), ep = epoll_create1(0), i, n;
  struct epoll_event ready[8];

  fcntl(s, F_SETFL, fcntl(s, F_GETFL, 0) | O_NONBLOCK);
  watch(ep, s);
  for (;;) {
    n = epoll_wait(ep, ready, 8, -1);
    for (i = 0; i < n; i++)
      if (ready[i].data.fd == s)
        take_all(ep, s);
      else
        serve(ready[i].data.fd);
  }
}
