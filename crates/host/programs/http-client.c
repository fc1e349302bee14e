/* Asks for two pages, a connection for each, and prints what comes until the server ends it. */
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

void get(const char *path) {
  int s = connect_to(80), n;
  char buf[512];

  n = snprintf(buf, sizeof buf, "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n", path, SERVER);
  write(s, buf, n);
  while ((n = read(s, buf, sizeof buf)) > 0)
    write(1, buf, n);
  close(s);
}

int main(void) {
  get("/");
  get("/missing");
  return 0;
}
