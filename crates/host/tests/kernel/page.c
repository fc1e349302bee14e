/* Whoever connects and says something gets 6,000 octets. */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  int s, c;
  char page[6000], word[16];
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(7)};

  memset(page, 'x', sizeof page);
  s = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(s, (struct sockaddr *)&any, sizeof any) < 0 || listen(s, 5) < 0)
    return 1;
  for (;;) {
    c = accept(s, NULL, NULL);
    read(c, word, sizeof word);
    write(c, page, sizeof page);
  }
}
