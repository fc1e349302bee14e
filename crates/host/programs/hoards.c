/* Wants 10,000 sockets, and meets the limit of descriptors (getrlimit(2), RLIMIT_NOFILE). */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  int i;

  for (i = 0; i < 10000; i++)
    if (socket(AF_INET, SOCK_STREAM, 0) < 0) {
      perror("socket");
      printf("%d sockets\n", i);
      return errno != EMFILE;
    }
  return 1;
}
