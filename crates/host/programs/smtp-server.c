/* SMTP (RFC 5321), as much as takes one letter. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lines.h"
#include "listen.h"

/* The lines of a letter up to the one that is a dot. */
int letter(int c) {
  char line[256];
  int lines = 0;

  while (get_line(c, line, sizeof line) >= 0) {
    if (strcmp(line, ".") == 0)
      return lines;
    /* RFC 5321 section 4.5.2: a dot was put before a line that begins with one */
    printf("| %s\n", line[0] == '.' ? line + 1 : line);
    lines++;
  }
  return -1;
}

void serve(int c) {
  char line[256];

  say(c, "220 mail.example ESMTP");
  while (get_line(c, line, sizeof line) >= 0) {
    if (strncasecmp(line, "HELO ", 5) == 0 || strncasecmp(line, "EHLO ", 5) == 0) {
      say(c, "250 mail.example");
    } else if (strncasecmp(line, "MAIL FROM:", 10) == 0 || strncasecmp(line, "RCPT TO:", 8) == 0) {
      printf("%s\n", line);
      say(c, "250 OK");
    } else if (strcasecmp(line, "DATA") == 0) {
      say(c, "354 End with a line that is a dot");
      if (letter(c) < 0)
        return;
      say(c, "250 Taken");
    } else if (strcasecmp(line, "QUIT") == 0) {
      say(c, "221 Bye");
      return;
    } else {
      say(c, "500 What?");
    }
  }
}

int main(void) {
  int s = listen_on(25, 5), c;

  for (;;) {
    c = accept(s, NULL, NULL);
    have = 0;
    serve(c);
    close(c);
  }
}
