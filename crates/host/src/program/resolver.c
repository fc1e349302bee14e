/* getaddrinfo(3) in the language of programs itself, so that its calls are seen as strace(1) shows glibc's. Timeouts and
   attempts are those of resolv.conf(5). Names that begin with two underscores are the library's own. */

struct addrinfo __infos[48];
struct sockaddr_in __places[48];
int __taken;

/* Asks one server over UDP or TCP. How many addresses came back, or one of the codes of __dns_answer; -9: nobody answered. */
int __ask(in_addr_t server, int type, int id, const char *name, in_addr_t *found, int most) {
  struct sockaddr_in to = {AF_INET, htons(53), {server}};
  struct pollfd wait;
  unsigned char message[8192];
  int s, n, have, code, all = 1;
  s = socket(AF_INET, type, 0);
  if (s < 0) return -9;
  if (type == SOCK_DGRAM) setsockopt(s, IPPROTO_IP, IP_RECVERR, &all, sizeof all);
  n = __dns_query(id, name, message + 2, 510);
  message[0] = n >> 8;
  message[1] = n & 255;
  code = -9;
  if (connect(s, &to, sizeof to) == 0 &&
      (type == SOCK_DGRAM ? send(s, message + 2, n, MSG_NOSIGNAL) : send(s, message, n + 2, MSG_NOSIGNAL)) > 0) {
    have = 0;
    for (;;) {
      wait.fd = s;
      wait.events = POLLIN;
      if (poll(&wait, 1, 5000) <= 0) break;
      n = recv(s, message + have, sizeof message - have, 0);
      if (n <= 0) break;
      if (type == SOCK_DGRAM) {
        code = __dns_answer(message, n, id, name, found, most);
        if (code != -1) break;
        code = -9;
        continue;
      }
      have += n;
      if (have >= 2 && have >= 2 + (message[0] << 8 | message[1])) {
        code = __dns_answer(message + 2, message[0] << 8 | message[1], id, name, found, most);
        break;
      }
    }
  }
  close(s);
  return code;
}

int __resolve(const char *name, in_addr_t *found, int most) {
  int attempt, i, code, id;
  in_addr_t server;
  for (attempt = 0; attempt < 2; attempt++) {
    for (i = 0; (server = __name_server(i)) != 0; i++) {
      id = __dns_id();
      code = __ask(server, SOCK_DGRAM, id, name, found, most);
      if (code == -4) code = __ask(server, SOCK_STREAM, id, name, found, most);
      if (code > 0) return code;
      if (code == 0) return EAI_NODATA;
      if (code == -2) return EAI_NONAME;
    }
  }
  return EAI_AGAIN;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res) {
  int types[3] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW};
  int protocols[3] = {6, 17, 0};
  in_addr_t found[16];
  char *end;
  int flags = 0, type = 0, port = 0, count = 1, first, i, t;
  if (node == NULL && service == NULL) return EAI_NONAME;
  if (hints != NULL) {
    flags = hints->ai_flags;
    type = hints->ai_socktype;
    if (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET) return EAI_FAMILY;
    if (type != 0 && type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_RAW) return EAI_SOCKTYPE;
  }
  if (service != NULL) {
    port = strtol(service, &end, 10);
    if (*end != 0 || *service == 0) port = flags & AI_NUMERICSERV ? -1 : __service(service);
    if (port < 0 || port > 65535) return flags & AI_NUMERICSERV ? EAI_NONAME : EAI_SERVICE;
  }
  if (node == NULL) found[0] = flags & AI_PASSIVE ? htonl(INADDR_ANY) : htonl(INADDR_LOOPBACK);
  else if (inet_pton(AF_INET, node, &found[0]) != 1) {
    if (flags & AI_NUMERICHOST) return EAI_NONAME;
    found[0] = __host_entry(node);
    if (found[0] == 0) {
      if (!__is_name(node)) return EAI_NONAME;
      count = __resolve(node, found, 16);
      if (count < 0) return count;
    }
  }
  first = __taken;
  for (i = 0; i < count; i++) {
    for (t = 0; t < 3; t++) {
      if (type != 0 && type != types[t]) continue;
      if (__taken == 48) return first == __taken ? EAI_MEMORY : 0;
      __places[__taken].sin_family = AF_INET;
      __places[__taken].sin_port = htons(port);
      __places[__taken].sin_addr.s_addr = found[i];
      memset(&__infos[__taken], 0, sizeof __infos[0]);
      __infos[__taken].ai_flags = flags;
      __infos[__taken].ai_family = AF_INET;
      __infos[__taken].ai_socktype = types[t];
      __infos[__taken].ai_protocol = protocols[t];
      __infos[__taken].ai_addrlen = sizeof __places[0];
      __infos[__taken].ai_addr = (struct sockaddr *)&__places[__taken];
      if (__taken > first) __infos[__taken - 1].ai_next = &__infos[__taken];
      else *res = &__infos[__taken];
      __taken++;
    }
  }
  return 0;
}

void freeaddrinfo(struct addrinfo *res) {
  int i;
  for (i = 0; i < __taken; i++) {
    if (&__infos[i] == res) __taken = i;
  }
}
