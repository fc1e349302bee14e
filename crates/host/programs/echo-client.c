/* Says something three times and prints what comes back. */
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
  int s = connect_to(7), i;
  ssize_t n;
  char said[64], back[64];

  for (i = 1; i <= 3; i++) {
    snprintf(said, sizeof said, "%d from %d", i, getpid());
    write(s, said, strlen(said));
    n = read(s, back, sizeof back - 1);
    if (n <= 0) {
      perror("read");
      return 1;
    }
    back[n] = 0;
    printf("%s\n", back);
    usleep(20000);
  }
  close(s);
  return 0;
}
