/* POP3 (RFC 1939), for a mailbox of two letters. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lines.h"
#include "listen.h"

#define LETTERS 2

/* A letter's text. */
const char *letter(int i) {
  if (i == 1)
    return "Subject: first\r\n\r\nHello.";
  return "Subject: second\r\n\r\n..and goodbye.";
}

/* The number of a letter that is there, or 0. */
int number(const char *text, int *gone) {
  int i = atoi(text);

  return i >= 1 && i <= LETTERS && !gone[i] ? i : 0;
}

void status(int c, int *gone) {
  char line[64];
  int i, count = 0;
  size_t octets = 0;

  for (i = 1; i <= LETTERS; i++)
    if (!gone[i]) {
      count++;
      octets += strlen(letter(i)) + 2;
    }
  snprintf(line, sizeof line, "+OK %d %zu", count, octets);
  say(c, line);
}

void serve(int c) {
  char line[128];
  int i, gone[LETTERS + 1] = {0};

  say(c, "+OK POP3");
  while (get_line(c, line, sizeof line) >= 0) {
    if (strncasecmp(line, "USER ", 5) == 0 || strncasecmp(line, "PASS ", 5) == 0) {
      say(c, "+OK");
    } else if (strcasecmp(line, "STAT") == 0) {
      status(c, gone);
    } else if (strncasecmp(line, "RETR ", 5) == 0 && (i = number(line + 5, gone))) {
      say(c, "+OK it follows");
      say(c, letter(i));
      say(c, ".");
    } else if (strncasecmp(line, "DELE ", 5) == 0 && (i = number(line + 5, gone))) {
      gone[i] = 1;
      say(c, "+OK gone");
    } else if (strcasecmp(line, "QUIT") == 0) {
      say(c, "+OK bye");
      return;
    } else {
      say(c, "-ERR what?");
    }
  }
}

int main(void) {
  int s = listen_on(110, 5), c;

  for (;;) {
    c = accept(s, NULL, NULL);
    have = 0;
    serve(c);
    close(c);
  }
}
