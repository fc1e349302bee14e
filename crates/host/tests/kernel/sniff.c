/* Every TCP segment on the loopback device, a line each: source port, destination port, control bits, octets. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void) {
  int s = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
  unsigned char b[65536];
  struct sockaddr_ll from;
  socklen_t size;
  ssize_t n;

  if (s < 0) {
    perror("socket");
    return 1;
  }
  puts("ready");
  fflush(stdout);
  while (size = sizeof from, (n = recvfrom(s, b, sizeof b, 0, (struct sockaddr *)&from, &size)) > 0) {
    struct iphdr *ip = (struct iphdr *)b;
    struct tcphdr *tcp = (struct tcphdr *)(b + ip->ihl * 4);

    /* What is sent is seen a second time when it arrives. */
    if (from.sll_pkttype == PACKET_OUTGOING || ip->protocol != IPPROTO_TCP)
      continue;
    printf("%d %d %d %d\n", ntohs(tcp->source), ntohs(tcp->dest), ((unsigned char *)tcp)[13],
           ntohs(ip->tot_len) - ip->ihl * 4 - tcp->doff * 4);
    fflush(stdout);
  }
  return 1;
}
