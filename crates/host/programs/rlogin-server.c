/* rlogin (RFC 1282): the server says what cannot wait in urgent data, one octet of which marks the place. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "listen.h"

#define WINDOW 0x80 /* tell me the size of your window */
#define FLUSH 0x02 /* throw away what is not shown yet */

void urgent(int c, char what) {
  send(c, &what, 1, MSG_OOB);
}

/* Texts that a zero octet ends: an empty one, the user there, the user here, the terminal. */
int read_greeting(int c) {
  char octet;
  int texts = 0;

  while (texts < 4) {
    if (read(c, &octet, 1) <= 0)
      return -1;
    if (octet == 0)
      texts++;
    else
      putchar(octet);
    if (octet == 0 && texts > 1)
      putchar(texts < 4 ? ' ' : '\n');
  }
  return 0;
}

void serve(int c) {
  char buf[128], key;
  ssize_t n;
  struct pollfd p = {c, POLLIN | POLLPRI, 0};

  if (read_greeting(c) < 0)
    return;
  write(c, "", 1); /* a zero octet: taken */
  urgent(c, WINDOW);
  write(c, "$ ", 2);
  for (;;) {
    poll(&p, 1, -1);
    if (p.revents & POLLPRI) {
      recv(c, &key, 1, MSG_OOB);
      printf("interrupted by %d\n", key);
      urgent(c, FLUSH);
      write(c, "^C\r\n$ ", 6);
    } else {
      n = read(c, buf, sizeof buf);
      if (n <= 0)
        return;
      if (n >= 12 && (unsigned char)buf[0] == 0xff && (unsigned char)buf[1] == 0xff)
        printf("window: %d rows, %d columns\n", buf[4] * 256 + buf[5], buf[6] * 256 + buf[7]);
      else
        write(c, buf, n); /* the echo of what was typed */
    }
  }
}

int main(void) {
  int s = listen_on(513, 5), c;

  for (;;) {
    c = accept(s, NULL, NULL);
    serve(c);
    close(c);
  }
}
