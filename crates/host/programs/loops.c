/* Never ends and never calls the system: its host stops it after so many operations. */
int main(void) {
  int n = 0;

  for (;;)
    n++;
  return n;
}
