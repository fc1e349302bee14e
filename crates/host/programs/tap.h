/* To hear what others say. */
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

/* A packet socket that sees all that passes the interface (packet(7)). */
int tap(const char *name) {
  struct sockaddr_ll at = {.sll_family = AF_PACKET};
  struct packet_mreq all = {.mr_type = PACKET_MR_PROMISC};
  int s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

  at.sll_protocol = htons(ETH_P_ALL);
  at.sll_ifindex = all.mr_ifindex = if_nametoindex(name);
  if (s < 0 || bind(s, (struct sockaddr *)&at, sizeof at) < 0 ||
      setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) < 0) {
    perror(name);
    exit(1);
  }
  return s;
}
