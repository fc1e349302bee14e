/* Says six octets and waits for the answer, however long that takes. */
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
  int s = connect_to(7);
  ssize_t n;
  char buf[64];

  printf("connected, as far as I know\n");
  write(s, "hello\n", 6);
  n = read(s, buf, sizeof buf);
  if (n < 0)
    perror("read");
  else
    printf("%ld octets came back\n", (long)n);
  close(s);
  return 0;
}
