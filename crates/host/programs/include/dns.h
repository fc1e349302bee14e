/* For gcc: what programs of the lab know of zones beside C's own libraries. */
#ifndef LAB_DNS_H
#define LAB_DNS_H
#include <stddef.h>
struct dns_record { const char *name; int type; unsigned int ttl; const char *data; };
int dns_reply(const struct dns_record *zone, size_t count, const void *query, size_t len, void *reply, size_t room);
#endif
