/* Asks for two pages, a connection for each, and prints what comes until the server ends it. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "connect.h"

#define SERVER "10.0.0.2"

void get(const char *path) {
  int s = connect_to(SERVER, 80), n;
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
