/* A client's part of a dialogue: a line, and an answer that begins with a number. Stands behind lines.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char answer[256];

/* Says a line, if there is one, and waits for an answer that begins as expected. */
void talk(int s, const char *said, const char *expected) {
  if (said != NULL) {
    printf("> %s\n", said);
    say(s, said);
  }
  if (get_line(s, answer, sizeof answer) < 0 || strncmp(answer, expected, strlen(expected)) != 0) {
    fprintf(stderr, "expected %s\n", expected);
    exit(1);
  }
  printf("< %s\n", answer);
}
