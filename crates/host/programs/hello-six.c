/* Says something to a server over IPv6. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "2001:db8:1::20"

int main(void) {
  struct sockaddr_in6 addr = {.sin6_family = AF_INET6, .sin6_port = htons(7)};
  char buf[64];
  ssize_t n;
  int s = socket(AF_INET6, SOCK_STREAM, 0);

  inet_pton(AF_INET6, SERVER, &addr.sin6_addr);
  if (connect(s, (struct sockaddr *)&addr, sizeof addr) < 0) {
    perror("connect");
    exit(1);
  }
  write(s, "hello\n", 6);
  n = read(s, buf, sizeof buf);
  printf("%zd octets came back\n", n);
  close(s);
  return 0;
}
