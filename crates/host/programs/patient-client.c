/* Says something to a server that may never answer, and gives up after a while. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
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

int main(void) {
  int s = connect_to(7);
  ssize_t n;
  char buf[64];
  struct timeval patience = {2, 0};

  printf("connected, as far as I know\n");
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  write(s, "hello?", 6);
  n = read(s, buf, sizeof buf);
  if (n < 0 && errno == EAGAIN)
    printf("no answer\n");
  close(s);
  return 0;
}
