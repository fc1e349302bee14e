/* Sends all it has, ends its direction with shutdown, and still reads the answer. */
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

int main(void) {
  int s = connect_to(4000), i;
  ssize_t n;
  char buf[512];

  for (i = 0; i < 4; i++)
    write(s, "some of it\n", 11);
  shutdown(s, SHUT_WR);
  while ((n = read(s, buf, sizeof buf)) > 0)
    write(1, buf, n);
  close(s);
  return 0;
}
