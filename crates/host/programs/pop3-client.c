/* Fetches the letters of a mailbox and deletes the first. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "connect.h"
#include "lines.h"
#include "talk.h"

#define SERVER "10.0.0.2"

/* Lines up to the one that is a dot. */
void fetch(int s) {
  char line[256];

  while (get_line(s, line, sizeof line) >= 0 && strcmp(line, ".") != 0)
    printf("| %s\n", line[0] == '.' ? line + 1 : line);
}

int main(void) {
  int s = connect_to(SERVER, 110);

  talk(s, NULL, "+OK");
  talk(s, "USER bob", "+OK");
  talk(s, "PASS secret", "+OK");
  talk(s, "STAT", "+OK 2");
  talk(s, "RETR 1", "+OK");
  fetch(s);
  talk(s, "RETR 2", "+OK");
  fetch(s);
  talk(s, "DELE 1", "+OK");
  talk(s, "RETR 1", "-ERR");
  talk(s, "STAT", "+OK 1");
  talk(s, "QUIT", "+OK");
  close(s);
  return 0;
}
