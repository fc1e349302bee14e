/* Records in a stream, as RPC marks them (RFC 5531). */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define LAST 0x80000000u /* the last fragment of a record */
#define CALL 0
#define REPLY 1

int put(unsigned char *to, int at, uint32_t n) {
  n = htonl(n);
  memcpy(to + at, &n, 4);
  return at + 4;
}

uint32_t get(const unsigned char *from, int at) {
  uint32_t n;

  memcpy(&n, from + at, 4);
  return ntohl(n);
}

/* One record, whatever its fragments are (RFC 5531 section 11); its length, or -1. */
int read_record(int fd, unsigned char *record, int size) {
  unsigned char mark[4];
  int len = 0, part;

  do {
    if (recv(fd, mark, 4, MSG_WAITALL) != 4)
      return -1;
    part = get(mark, 0) & ~LAST;
    if (part > size - len || recv(fd, record + len, part, MSG_WAITALL) != part)
      return -1;
    printf("fragment of %d octets%s\n", part, get(mark, 0) & LAST ? ", the last" : "");
    len += part;
  } while (!(get(mark, 0) & LAST));
  return len;
}
