/* Echo with a process for each client: the child has its socket, the parent goes on accepting. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
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

void serve(int c) {
  ssize_t n;
  char buf[512];

  while ((n = read(c, buf, sizeof buf)) > 0)
    write(c, buf, n);
}

int main(void) {
  int s = listen_on(7, 5), c;

  signal(SIGCHLD, SIG_IGN); /* children leave nothing to wait for */
  for (;;) {
    c = accept(s, NULL, NULL);
    if (fork() == 0) {
      close(s);
      serve(c);
      exit(0);
    }
    close(c);
  }
}
