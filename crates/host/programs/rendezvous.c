/* Tells two callers of each other: the address and port from which each of them seems to call. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct sockaddr_in who[2];
int caller[2];

void tell(int to, int about) {
  char text[INET_ADDRSTRLEN], line[64];
  int n;

  inet_ntop(AF_INET, &who[about].sin_addr, text, sizeof text);
  n = snprintf(line, sizeof line, "%s %d\n", text, ntohs(who[about].sin_port));
  write(caller[to], line, n);
}

int main(void) {
  struct sockaddr_in me = {.sin_family = AF_INET, .sin_port = htons(3478)};
  socklen_t len;
  int s, i;

  s = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(s, (struct sockaddr *)&me, sizeof me) < 0 || listen(s, 2) < 0) {
    perror("rendezvous");
    exit(1);
  }
  for (i = 0; i < 2; i++) {
    len = sizeof who[i];
    caller[i] = accept(s, (struct sockaddr *)&who[i], &len);
  }
  tell(0, 1);
  tell(1, 0);
  close(caller[0]);
  close(caller[1]);
  return 0;
}
