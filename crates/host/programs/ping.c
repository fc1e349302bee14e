/* Asks a host for echoes, one after another (RFC 792), through a socket that needs no privilege (icmp(7)). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define TARGET "10.0.3.80"
#define COUNT 4

/* Microseconds since some moment. */
long now(void) {
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int main(void) {
  int s, seq, received = 0;
  long began, took;
  ssize_t n;
  char name[16];
  unsigned char request[64], reply[128];
  struct timeval patience = {.tv_sec = 1};
  struct sockaddr_in to = {.sin_family = AF_INET}, from;
  socklen_t len;

  inet_pton(AF_INET, TARGET, &to.sin_addr);
  s = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
  if (s < 0) {
    perror("socket");
    exit(1);
  }
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  for (seq = 1; seq <= COUNT; seq++) {
    /* Type, code, checksum, identifier, sequence number; checksum and identifier are the system's affair. */
    memset(request, 0, sizeof request);
    request[0] = ICMP_ECHO;
    request[7] = seq;
    began = now();
    sendto(s, request, sizeof request, 0, (struct sockaddr *)&to, sizeof to);
    len = sizeof from;
    n = recvfrom(s, reply, sizeof reply, 0, (struct sockaddr *)&from, &len);
    took = now() - began;
    if (n < 0) {
      perror("recvfrom");
    } else {
      received++;
      inet_ntop(AF_INET, &from.sin_addr, name, sizeof name);
      printf("%ld octets from %s: icmp_seq=%d time=%ld.%03ld ms\n", (long)n, name, reply[7], took / 1000, took % 1000);
    }
    sleep(1);
  }
  printf("%d packets transmitted, %d received\n", COUNT, received);
  close(s);
  return received == 0;
}
