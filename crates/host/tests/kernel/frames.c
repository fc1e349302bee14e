/* Every Ethernet frame that reaches a device, as a line of hexadecimal digits. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
  int s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
  struct sockaddr_ll from, at;
  unsigned char b[65536];
  socklen_t size;
  ssize_t n, i;

  memset(&at, 0, sizeof at);
  at.sll_family = AF_PACKET;
  at.sll_protocol = htons(ETH_P_ALL);
  at.sll_ifindex = argc > 1 ? if_nametoindex(argv[1]) : 0;
  if (s < 0 || at.sll_ifindex == 0 || bind(s, (struct sockaddr *)&at, sizeof at) < 0) {
    perror("frames");
    return 1;
  }
  puts("ready");
  fflush(stdout);
  while (size = sizeof from, (n = recvfrom(s, b, sizeof b, 0, (struct sockaddr *)&from, &size)) > 0) {
    if (from.sll_pkttype == PACKET_OUTGOING)
      continue;
    for (i = 0; i < n; i++)
      printf("%02x", b[i]);
    puts("");
    fflush(stdout);
  }
  return 1;
}
