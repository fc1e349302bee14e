/* Looks a name up, then asks the server behind it for a page. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST "www.example"

int main(void) {
  struct addrinfo hints, *found, *a;
  struct sockaddr_in *place;
  char text[INET_ADDRSTRLEN], buf[512];
  int error, s;
  ssize_t n;

  memset(&hints, 0, sizeof hints);
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  error = getaddrinfo(HOST, "http", &hints, &found);
  if (error != 0) {
    fprintf(stderr, "%s: %s\n", HOST, gai_strerror(error));
    exit(1);
  }
  for (a = found; a != NULL; a = a->ai_next) {
    place = (struct sockaddr_in *)a->ai_addr;
    inet_ntop(AF_INET, &place->sin_addr, text, sizeof text);
    printf("%s is %s\n", HOST, text);
    s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
    if (connect(s, a->ai_addr, a->ai_addrlen) == 0)
      break;
    perror(text);
    close(s);
  }
  if (a == NULL)
    exit(1);
  n = snprintf(buf, sizeof buf, "GET / HTTP/1.0\r\nHost: %s\r\n\r\n", HOST);
  write(s, buf, n);
  while ((n = read(s, buf, sizeof buf)) > 0)
    write(1, buf, n);
  close(s);
  freeaddrinfo(found);
  return 0;
}
