/* A TUN device (tun0, or the one that is named) as a pipe: datagrams with their length in front (two octets, network order), stdin to the kernel and
   the kernel to stdout. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int whole(int fd, unsigned char *to, size_t len) {
  ssize_t n;

  for (; len > 0; to += n, len -= (size_t)n)
    if ((n = read(fd, to, len)) <= 0)
      return 0;
  return 1;
}

int main(int argc, char **argv) {
  int tun = open("/dev/net/tun", O_RDWR);
  struct ifreq wanted;
  struct pollfd p[2];
  unsigned char datagram[2 + 65535];
  uint16_t len;
  ssize_t n;

  memset(&wanted, 0, sizeof wanted);
  wanted.ifr_flags = IFF_TUN | IFF_NO_PI;
  strncpy(wanted.ifr_name, argc > 1 ? argv[1] : "tun0", IFNAMSIZ - 1);
  if (tun < 0 || ioctl(tun, TUNSETIFF, &wanted) < 0) {
    perror(wanted.ifr_name);
    return 1;
  }
  len = 0; /* the device is there */
  if (write(1, &len, 2) != 2)
    return 1;
  p[0] = (struct pollfd){.fd = 0, .events = POLLIN};
  p[1] = (struct pollfd){.fd = tun, .events = POLLIN};
  while (poll(p, 2, -1) > 0) {
    if (p[0].revents) {
      if (!whole(0, (unsigned char *)&len, 2) || !whole(0, datagram, ntohs(len)))
        return 0;
      if (write(tun, datagram, ntohs(len)) < 0)
        perror("write");
    }
    if (p[1].revents & POLLIN) {
      n = read(tun, datagram + 2, 65535);
      if (n <= 0)
        return 1;
      len = htons((uint16_t)n);
      memcpy(datagram, &len, 2);
      if (write(1, datagram, (size_t)n + 2) < 0)
        return 1;
    }
  }
  return 1;
}
