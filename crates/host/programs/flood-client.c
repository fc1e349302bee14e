/* Writes until nobody takes any more, then says how much was taken. */
#include <arpa/inet.h>
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
  int s = connect_to(9), small = 8192;
  ssize_t n;
  long all = 0;
  char block[1024] = "";
  struct timeval patience = {5, 0};

  setsockopt(s, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  while ((n = write(s, block, sizeof block)) > 0)
    all += n;
  perror("write");
  printf("%ld octets were taken\n", all);
  return 0;
}
