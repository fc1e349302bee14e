/* Hands a letter over. */
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

int main(void) {
  int s = connect_to(SERVER, 25);

  talk(s, NULL, "220");
  talk(s, "HELO client.example", "250");
  talk(s, "MAIL FROM:<alice@client.example>", "250");
  talk(s, "RCPT TO:<bob@mail.example>", "250");
  talk(s, "DATA", "354");
  say(s, "Subject: a letter");
  say(s, "");
  say(s, "..and so on");
  talk(s, ".", "250");
  talk(s, "QUIT", "221");
  close(s);
  return 0;
}
