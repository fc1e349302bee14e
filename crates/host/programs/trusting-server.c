/* A server that asks for no password: it does what it is told by whoever has the right address (rsh, rlogin and their
   .rhosts). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRUSTED "10.0.0.3"

int main(void) {
  struct sockaddr_in me = {.sin_family = AF_INET, .sin_port = htons(514)}, peer;
  socklen_t len;
  char from[INET_ADDRSTRLEN], line[256];
  ssize_t n;
  int s = socket(AF_INET, SOCK_STREAM, 0), c;

  bind(s, (struct sockaddr *)&me, sizeof me);
  listen(s, 5);
  for (;;) {
    len = sizeof peer;
    c = accept(s, (struct sockaddr *)&peer, &len);
    if (c < 0)
      continue;
    inet_ntop(AF_INET, &peer.sin_addr, from, sizeof from);
    if (strcmp(from, TRUSTED) != 0)
      printf("%s: permission denied\n", from);
    else if ((n = read(c, line, sizeof line - 1)) > 0) {
      line[n] = 0;
      printf("%s is trusted, and says: %s", from, line);
    }
    close(c);
  }
}
