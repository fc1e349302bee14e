/* Gives back what comes, over IPv6 and over IPv4, from one socket: a client of IPv4 has an address of IPv6 here
   (::ffff:192.0.2.1, RFC 3493 section 3.7). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  struct sockaddr_in6 me = {.sin6_family = AF_INET6, .sin6_port = htons(7)}, peer;
  socklen_t len;
  char name[INET6_ADDRSTRLEN], buf[512];
  ssize_t n;
  int s = socket(AF_INET6, SOCK_STREAM, 0), c;

  if (bind(s, (struct sockaddr *)&me, sizeof me) < 0 || listen(s, 5) < 0) {
    perror("echo-dual");
    exit(1);
  }
  for (;;) {
    len = sizeof peer;
    c = accept(s, (struct sockaddr *)&peer, &len);
    printf("%s comes\n", inet_ntop(AF_INET6, &peer.sin6_addr, name, sizeof name));
    while ((n = read(c, buf, sizeof buf)) > 0)
      write(c, buf, n);
    close(c);
  }
}
