/* rlogin (RFC 1282): comes from a privileged port, answers the server's urgent octets, and sends an interrupt as one. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "10.0.0.2"
#define WINDOW 0x80
#define FLUSH 0x02

/* A connection from a port that only root may bind. */
int connect_from(int port, int to) {
  int s = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(to)};

  inet_pton(AF_INET, SERVER, &there.sin_addr);
  bind(s, (struct sockaddr *)&here, sizeof here);
  if (connect(s, (struct sockaddr *)&there, sizeof there) < 0) {
    perror("connect");
    exit(1);
  }
  return s;
}

/* What the server says for so many milliseconds. */
void listen_for(int s, int ms) {
  char buf[128];
  unsigned char what;
  /* 24 rows of 80, after the mark of RFC 1282 */
  char window[12] = {-1, -1, 's', 's', 0, 24, 0, 80, 0, 0, 0, 0};
  ssize_t n;
  struct pollfd p = {s, POLLIN | POLLPRI, 0};

  while (poll(&p, 1, ms) > 0) {
    if (p.revents & POLLPRI) {
      recv(s, &what, 1, MSG_OOB);
      printf("[urgent %02x]\n", what);
      if (what == WINDOW)
        write(s, window, sizeof window);
    } else {
      n = read(s, buf, sizeof buf);
      if (n <= 0)
        return;
      write(1, buf, n);
    }
  }
}

int main(void) {
  int s = connect_from(1023, 513);

  write(s, "", 1);
  write(s, "alice\0bob\0xterm/38400", 22); /* with the zero octet that C puts at the end */
  listen_for(s, 100);
  write(s, "sleep\r\n", 7);
  listen_for(s, 100);
  send(s, "\3", 1, MSG_OOB); /* ^C must not wait behind what was typed */
  listen_for(s, 100);
  close(s);
  return 0;
}
