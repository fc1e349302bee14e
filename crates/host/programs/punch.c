/* Reaches a peer behind another NAT: asks a server in the middle how the peer is seen from outside, then calls there from the
   very port from which it asked, while the peer does the same. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RENDEZVOUS "192.0.2.10"
#define PORT 5000

/* A connection from our one port. */
int call(struct sockaddr_in *to) {
  struct sockaddr_in me = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  int s, on = 1;

  s = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(s, (struct sockaddr *)&me, sizeof me) < 0 || connect(s, (struct sockaddr *)to, sizeof *to) < 0) {
    perror("call");
    exit(1);
  }
  return s;
}

int main(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(3478)};
  char line[64], *space;
  ssize_t n;
  int s;

  inet_pton(AF_INET, RENDEZVOUS, &to.sin_addr);
  s = call(&to);
  n = read(s, line, sizeof line - 1);
  line[n > 0 ? n : 0] = 0;
  printf("the peer is seen at %s", line);
  space = strchr(line, ' ');
  if (space == NULL)
    exit(1);
  *space = 0;
  inet_pton(AF_INET, line, &to.sin_addr);
  to.sin_port = htons(atoi(space + 1));
  s = call(&to);
  write(s, "through the hole\n", 17);
  while ((n = read(s, line, sizeof line)) > 0) {
    write(1, line, n);
    shutdown(s, SHUT_WR);
  }
  return 0;
}
