/* How would a fleet answer: thousands of SNMP agents behind one UDP socket, fast enough never to be what is measured.
 *
 * Device n (from 0) is 127.64.0.1 + n. It answers GET in version 2c and version 3 (SHA-1, AES-128; every device has an
 * engine of its own, keys localised as RFC 3414 says). Requests are really checked: community, user, digest, time window;
 * answers are really encrypted and signed. Values differ by device and change with time, so that nobody can answer
 * from memory; the last object is the device's own number, so that a mixed-up answer shows.
 *
 * usage: responder PORT DEVICES SILENT_PERCENT DELAY_US COMMUNITY USER AUTH_PASSWORD PRIV_PASSWORD CPU
 * Prints "ready" when it answers; on SIGTERM one JSON line: received, answered, silent, refused, dropped.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

enum { BATCH = 128, ROOM = 1500, ANSWER = 900, RING = 1 << 15, OBJECTS = 10, WINDOW_S = 150, ENGINE = 9 };
enum { FIRST = 0x7f400001u };

/* ---- SHA-1 (FIPS 180-4) and HMAC (RFC 2104), kept as the state after the key block ---- */

typedef struct { u32 h[5]; } Sha;
static const Sha sha_start = {{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}};

static u32 rol(u32 x, int n) { return x << n | x >> (32 - n); }
static u32 be32(const u8 *p) { return (u32)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
static void put32(u8 *p, u32 x) { p[0] = x >> 24; p[1] = x >> 16; p[2] = x >> 8; p[3] = x; }

static void sha_block(Sha *s, const u8 *p) {
    u32 w[80], a = s->h[0], b = s->h[1], c = s->h[2], d = s->h[3], e = s->h[4];
    for (int i = 0; i < 16; i++) w[i] = be32(p + 4 * i);
    for (int i = 16; i < 80; i++) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
#define ROUND(from, to, f, k)                                                                                          \
    for (int i = from; i < to; i++) {                                                                                  \
        u32 t = rol(a, 5) + (f) + e + k + w[i];                                                                        \
        e = d; d = c; c = rol(b, 30); b = a; a = t;                                                                    \
    }
    ROUND(0, 20, d ^ (b & (c ^ d)), 0x5a827999)
    ROUND(20, 40, b ^ c ^ d, 0x6ed9eba1)
    ROUND(40, 60, (b & c) | (d & (b | c)), 0x8f1bbcdc)
    ROUND(60, 80, b ^ c ^ d, 0xca62c1d6)
    s->h[0] += a; s->h[1] += b; s->h[2] += c; s->h[3] += d; s->h[4] += e;
}

/* Finish a hash over `size` more bytes; `before` bytes (whole blocks) went in already. */
static void sha_finish(Sha s, const u8 *p, size_t size, size_t before, u8 out[20]) {
    u8 last[128] = {0};
    u64 bits = (u64)(size + before) * 8;
    for (; size >= 64; p += 64, size -= 64) sha_block(&s, p);
    memcpy(last, p, size);
    last[size] = 0x80;
    size_t end = size < 56 ? 64 : 128;
    put32(last + end - 8, bits >> 32);
    put32(last + end - 4, (u32)bits);
    sha_block(&s, last);
    if (end == 128) sha_block(&s, last + 64);
    for (int i = 0; i < 5; i++) put32(out + 4 * i, s.h[i]);
}

typedef struct { Sha inner, outer; } Mac;

static void mac_key(Mac *m, const u8 key[20]) {
    u8 block[64];
    for (int pass = 0; pass < 2; pass++) {
        memset(block, pass ? 0x5c : 0x36, 64);
        for (int i = 0; i < 20; i++) block[i] ^= key[i];
        Sha *s = pass ? &m->outer : &m->inner;
        *s = sha_start;
        sha_block(s, block);
    }
}

static void mac(const Mac *m, const u8 *p, size_t size, u8 out[20]) {
    u8 inner[20];
    sha_finish(m->inner, p, size, 64, inner);
    sha_finish(m->outer, inner, 20, 64, out);
}

/* Password to master key: the hash of one megabyte of it (RFC 3414 A.2.2); then localised (section 2.6). */
static void master_key(const char *password, u8 out[20]) {
    size_t size = strlen(password), mega = 1 << 20;
    u8 *text = malloc(mega);
    for (size_t i = 0; i < mega; i++) text[i] = password[i % size];
    sha_finish(sha_start, text, mega, 0, out);
    free(text);
}

static void localise(const u8 master[20], const u8 *engine, u8 out[20]) {
    u8 text[40 + ENGINE];
    memcpy(text, master, 20);
    memcpy(text + 20, engine, ENGINE);
    memcpy(text + 20 + ENGINE, master, 20);
    sha_finish(sha_start, text, sizeof text, 0, out);
}

/* ---- AES-128 (FIPS 197), one table, encryption only: CFB needs no more ---- */

static u8 sbox[256];
static u32 table[256];

static void aes_tables(void) {
    u8 p = 1, q = 1;
    do {
        p = p ^ (u8)(p << 1) ^ (p & 0x80 ? 0x1b : 0);
        q ^= q << 1; q ^= q << 2; q ^= q << 4;
        if (q & 0x80) q ^= 0x09;
        u8 x = q ^ (u8)(q << 1 | q >> 7) ^ (u8)(q << 2 | q >> 6) ^ (u8)(q << 3 | q >> 5) ^ (u8)(q << 4 | q >> 4);
        sbox[p] = x ^ 0x63;
    } while (p != 1);
    sbox[0] = 0x63;
    for (int i = 0; i < 256; i++) {
        u8 s = sbox[i], d = (u8)(s << 1) ^ (s & 0x80 ? 0x1b : 0);
        table[i] = (u32)d << 24 | (u32)s << 16 | (u32)s << 8 | (u8)(d ^ s);
    }
}

static void aes_key(u32 w[44], const u8 key[16]) {
    u8 rcon = 1;
    for (int i = 0; i < 4; i++) w[i] = be32(key + 4 * i);
    for (int i = 4; i < 44; i++) {
        u32 t = w[i - 1];
        if (i % 4 == 0) {
            t = rol(t, 8);
            t = (u32)sbox[t >> 24] << 24 | sbox[t >> 16 & 255] << 16 | sbox[t >> 8 & 255] << 8 | sbox[t & 255];
            t ^= (u32)rcon << 24;
            rcon = (u8)(rcon << 1) ^ (rcon & 0x80 ? 0x1b : 0);
        }
        w[i] = w[i - 4] ^ t;
    }
}

static u32 ror(u32 x, int n) { return x >> n | x << (32 - n); }

static void aes(const u32 w[44], const u8 in[16], u8 out[16]) {
    u32 s[4], t[4];
    for (int i = 0; i < 4; i++) s[i] = be32(in + 4 * i) ^ w[i];
    for (int r = 1; r < 10; r++) {
        for (int i = 0; i < 4; i++)
            t[i] = table[s[i] >> 24] ^ ror(table[s[(i + 1) & 3] >> 16 & 255], 8)
                 ^ ror(table[s[(i + 2) & 3] >> 8 & 255], 16) ^ ror(table[s[(i + 3) & 3] & 255], 24) ^ w[4 * r + i];
        memcpy(s, t, sizeof s);
    }
    for (int i = 0; i < 4; i++)
        put32(out + 4 * i, ((u32)sbox[s[i] >> 24] << 24 | sbox[s[(i + 1) & 3] >> 16 & 255] << 16
                            | sbox[s[(i + 2) & 3] >> 8 & 255] << 8 | sbox[s[(i + 3) & 3] & 255]) ^ w[40 + i]);
}

static void cfb(const u32 w[44], u32 boots, u32 now, const u8 salt[8], u8 *p, size_t size, int encrypts) {
    u8 feed[16], stream[16];
    put32(feed, boots);
    put32(feed + 4, now);
    memcpy(feed + 8, salt, 8);
    for (; size; ) {
        size_t n = size < 16 ? size : 16;
        aes(w, feed, stream);
        for (size_t i = 0; i < n; i++) {
            u8 c = p[i];
            p[i] ^= stream[i];
            feed[i] = encrypts ? p[i] : c;
        }
        p += n;
        size -= n;
    }
}

/* ---- devices and what they say ---- */

typedef struct { u8 engine[ENGINE]; Mac sign; u32 cipher[44]; u32 luck; } Device;
static Device *devices;
static u32 device_count, silent_percent;
static const char *community, *user;
static u32 boots = 7, salt_count;
static struct timespec born;

typedef struct { const char *dotted; u8 tag, size, oid[24]; } Object;
static Object objects[OBJECTS] = {
    {.dotted = "1.3.6.1.2.1.1.3.0", .tag = 0x43},          {.dotted = "1.3.6.1.2.1.1.5.0", .tag = 0x04},
    {.dotted = "1.3.6.1.2.1.33.1.2.1.0", .tag = 0x02},     {.dotted = "1.3.6.1.2.1.33.1.2.2.0", .tag = 0x02},
    {.dotted = "1.3.6.1.2.1.33.1.2.3.0", .tag = 0x02},     {.dotted = "1.3.6.1.2.1.33.1.2.4.0", .tag = 0x02},
    {.dotted = "1.3.6.1.2.1.33.1.2.5.0", .tag = 0x02},     {.dotted = "1.3.6.1.2.1.2.2.1.8.1", .tag = 0x02},
    {.dotted = "1.3.6.1.2.1.31.1.1.1.6.1", .tag = 0x46},   {.dotted = "1.3.6.1.2.1.99.1.1.1.4.1", .tag = 0x02},
};

static void objects_ready(void) {
    for (int i = 0; i < OBJECTS; i++) {
        unsigned a, b, at;
        const char *p = objects[i].dotted;
        sscanf(p, "%u.%u%n", &a, &b, &at);
        objects[i].oid[objects[i].size++] = (u8)(a * 40 + b);
        for (p += at; *p == '.'; p += at) { /* every number here is below 128 */
            sscanf(p, ".%u%n", &a, &at);
            objects[i].oid[objects[i].size++] = (u8)a;
        }
    }
}

static u64 now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000u + t.tv_nsec;
}

static u64 age_ms(void) { return (now_ns() - ((u64)born.tv_sec * 1000000000u + born.tv_nsec)) / 1000000; }
static u32 engine_time(const Device *d) { return 1000 + d->luck % 900000 + (u32)(age_ms() / 1000); }

static u64 value_of(u32 number, int object) {
    u32 luck = devices[number].luck;
    switch (object) {
    case 0: return engine_time(&devices[number]) * 100ull + age_ms() / 10 % 100;
    case 2: return 2;
    case 3: return luck % 16 ? 0 : luck / 16 % 600;
    case 4: return 60 + luck / 3 % 420;
    case 5: return 60 + luck % 41;
    case 6: return 480 + luck / 7 % 80;
    case 7: return 1;
    case 8: return ((u64)luck << (luck % 20)) + age_ms() * (50 + luck % 200);
    default: return number;
    }
}

/* ---- BER: read forwards inside bounds, write backwards ---- */

typedef struct { const u8 *p, *end; } In;

static int take(In *in, u8 tag, In *out) { /* tag 0: any */
    const u8 *p = in->p;
    if (in->end - p < 2 || (tag && *p != tag)) return 0;
    size_t size = p[1];
    p += 2;
    if (size & 0x80) {
        int count = size & 0x7f;
        if (count < 1 || count > 3 || in->end - p < count) return 0;
        for (size = 0; count--; ) size = size << 8 | *p++;
    }
    if ((size_t)(in->end - p) < size) return 0;
    in->p = p + size;
    *out = (In){p, p + size};
    return 1;
}

static int take_int(In *in, u32 *out) {
    In v;
    if (!take(in, 2, &v) || v.end == v.p || v.end - v.p > 5) return 0;
    for (*out = 0; v.p < v.end; ) *out = *out << 8 | *v.p++;
    return 1;
}

static int is(In v, const void *p, size_t size) { return (size_t)(v.end - v.p) == size && !memcmp(v.p, p, size); }

static u8 *put(u8 *p, const void *q, size_t size) { return memcpy(p - size, q, size); }

static u8 *head(u8 *p, u8 tag, const u8 *end) {
    size_t size = end - p;
    if (size < 0x80) *--p = size;
    else if (size < 0x100) { *--p = size; *--p = 0x81; }
    else { *--p = size; *--p = size >> 8; *--p = 0x82; }
    *--p = tag;
    return p;
}

static u8 *put_int(u8 *p, u8 tag, u64 value) {
    u8 *end = p;
    do *--p = (u8)value; while (value >>= 8);
    if (*p & 0x80) *--p = 0;
    return head(p, tag, end);
}

/* One response PDU for the variable bindings asked for; 0 if they are not well formed. */
static u8 *respond(u8 *p, u32 number, u32 request_id, In binds) {
    In bind, oid, spare[64];
    u8 *end = p;
    int count = 0;
    while (binds.p < binds.end) {
        if (count == 64 || !take(&binds, 0x30, &bind) || !take(&bind, 6, &oid)) return 0;
        spare[count++] = oid;
    }
    for (int at = count; at--; ) {
        u8 *stop = p;
        int o = at < OBJECTS && is(spare[at], objects[at].oid, objects[at].size) ? at : 0;
        while (o < OBJECTS && !is(spare[at], objects[o].oid, objects[o].size)) o++;
        if (o == OBJECTS) { *--p = 0; *--p = 0x81; } /* noSuchInstance */
        else if (o == 1) {
            u8 *text = p;
            p = put(p, "KHI-device", 10);
            p = head(p, 4, text);
        } else p = put_int(p, objects[o].tag, value_of(number, o));
        u8 *name = p;
        p = put(p, spare[at].p, spare[at].end - spare[at].p);
        p = head(p, 6, name);
        p = head(p, 0x30, stop);
    }
    p = head(p, 0x30, end);
    p = put_int(p, 2, 0);
    p = put_int(p, 2, 0);
    p = put_int(p, 2, request_id);
    return head(p, 0xa2, end);
}

static int take_get(In in, u32 *request_id, In *binds) {
    In pdu;
    u32 skip;
    return take(&in, 0xa0, &pdu) && take_int(&pdu, request_id) && take_int(&pdu, &skip) && take_int(&pdu, &skip)
        && take(&pdu, 0x30, binds);
}

/* Sign and wrap a scoped PDU that stands at p..end; flags say how. */
static u8 *wrap(u8 *p, u8 *end, const Device *d, u32 msg_id, u8 flags, u32 time) {
    u8 salt[8] = {0}, seal[20], *digest = 0, *mark;
    if (flags & 2) {
        put32(salt + 4, ++salt_count);
        cfb(d->cipher, boots, time, salt, p, end - p, 1);
        p = head(p, 4, end);
    }
    mark = p;
    if (flags & 2) p = put(p, salt, 8);
    p = head(p, 4, mark);
    u8 *after = p;
    if (flags & 1) { p -= 12; memset(p, 0, 12); digest = p; }
    p = head(p, 4, after);
    u8 *m = p;
    if (flags & 1) p = put(p, user, strlen(user));
    p = head(p, 4, m);
    p = put_int(p, 2, time);
    p = put_int(p, 2, boots);
    m = p;
    p = put(p, d->engine, ENGINE);
    p = head(p, 4, m);
    p = head(p, 0x30, mark);
    p = head(p, 4, mark);
    m = p;
    p = put_int(p, 2, 3);
    *--p = flags; *--p = 1; *--p = 4;
    p = put_int(p, 2, 65507);
    p = put_int(p, 2, msg_id);
    p = head(p, 0x30, m);
    p = put_int(p, 2, 3);
    p = head(p, 0x30, end);
    if (digest) { mac(&d->sign, p, end - p, seal); memcpy(digest, seal, 12); }
    return p;
}

static u8 *scope(u8 *p, u8 *end, const Device *d) {
    *--p = 0; *--p = 4;
    u8 *m = p;
    p = put(p, d->engine, ENGINE);
    p = head(p, 4, m);
    return head(p, 0x30, end);
}

static u8 *report(u8 *end, const Device *d, u32 msg_id, u32 request_id, u8 which, u8 flags, u32 time) {
    u8 oid[] = {0x2b, 6, 1, 6, 3, 15, 1, 1, which, 0}, *p = put_int(end, 0x41, 1), *m = p;
    p = put(p, oid, sizeof oid);
    p = head(p, 6, m);
    p = head(p, 0x30, end);
    p = head(p, 0x30, end);
    p = put_int(p, 2, 0);
    p = put_int(p, 2, 0);
    p = put_int(p, 2, request_id);
    p = head(p, 0xa8, end);
    return wrap(scope(p, end, d), end, d, msg_id, flags, time);
}

static u8 *answer_v3(u8 *end, u8 *data, u32 number, In in) {
    const Device *d = &devices[number];
    In head_, flags, sec, engine, name, digest, salt, scoped, body, skip, binds;
    u32 msg_id, size, model, their_boots, their_time, request_id = 0, time = engine_time(d);
    const u8 *stop = in.end;
    if (!take(&in, 0x30, &head_) || !take_int(&head_, &msg_id) || !take_int(&head_, &size) || !take(&head_, 4, &flags)
        || !take_int(&head_, &model) || model != 3 || flags.end - flags.p != 1 || !take(&in, 4, &sec)
        || !take(&sec, 0x30, &sec) || !take(&sec, 4, &engine) || !take_int(&sec, &their_boots)
        || !take_int(&sec, &their_time) || !take(&sec, 4, &name) || !take(&sec, 4, &digest) || !take(&sec, 4, &salt))
        return 0;
    if (!is(engine, d->engine, ENGINE)) {
        if (*flags.p & 2 || !take(&in, 0x30, &body) || !take(&body, 4, &skip) || !take(&body, 4, &skip)
            || !take_get(body, &request_id, &binds)) request_id = 0;
        return report(end, d, msg_id, request_id, 4, 0, time);
    }
    if (!is(name, user, strlen(user))) return report(end, d, msg_id, 0, 3, 0, time);
    if ((*flags.p & 3) != 3) return report(end, d, msg_id, 0, 1, 0, time);
    u8 found[12], seal[20];
    if (digest.end - digest.p != 12 || salt.end - salt.p != 8) return 0;
    memcpy(found, digest.p, 12);
    memset((u8 *)digest.p, 0, 12);
    mac(&d->sign, data, stop - data, seal);
    if (memcmp(found, seal, 12)) return report(end, d, msg_id, 0, 5, 0, time);
    if (their_boots != boots || their_time + WINDOW_S < time || their_time > time + WINDOW_S)
        return report(end, d, msg_id, 0, 2, 1, time);
    if (!take(&in, 4, &scoped)) return 0;
    cfb(d->cipher, their_boots, their_time, salt.p, (u8 *)scoped.p, scoped.end - scoped.p, 0);
    if (!take(&scoped, 0x30, &body) || !take(&body, 4, &skip) || !take(&body, 4, &skip)
        || !take_get(body, &request_id, &binds)) return 0;
    u8 *p = respond(end, number, request_id, binds);
    return p ? wrap(scope(p, end, d), end, d, msg_id, 3, time) : 0;
}

/* Give where the answer begins (it ends at `end`), or 0 for silence. */
static u8 *answer(u8 *end, u8 *data, size_t size, u32 number) {
    In in = {data, data + size}, all, name, binds;
    u32 version, request_id;
    if (!take(&in, 0x30, &all) || !take_int(&all, &version)) return 0;
    if (version == 3) return answer_v3(end, data, number, all);
    if (version != 1 || !take(&all, 4, &name) || !is(name, community, strlen(community))
        || !take_get(all, &request_id, &binds)) return 0;
    u8 *p = respond(end, number, request_id, binds);
    if (!p) return 0;
    u8 *mark = p;
    p = put(p, community, strlen(community));
    p = head(p, 4, mark);
    p = put_int(p, 2, 1);
    return head(p, 0x30, end);
}

/* ---- the socket ---- */

typedef struct { u64 due; struct sockaddr_in to; struct in_addr from; u32 size; u8 data[ANSWER]; } Late;
typedef struct { char room[CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(u32))]; } Control;

static volatile sig_atomic_t stopped;
static void stop(int number) { (void)number; stopped = 1; }

static u8 in_room[BATCH][ROOM], out_room[BATCH][ANSWER];
static struct mmsghdr asks[BATCH], says[BATCH];
static struct iovec ask_io[BATCH], say_io[BATCH];
static struct sockaddr_in ask_from[BATCH];
static Control ask_control[BATCH], say_control[BATCH];

static void say(int i, u8 *p, size_t size, struct sockaddr_in *to, struct in_addr from) {
    say_io[i] = (struct iovec){p, size};
    says[i].msg_hdr = (struct msghdr){.msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &say_io[i], .msg_iovlen = 1,
        .msg_control = say_control[i].room, .msg_controllen = CMSG_SPACE(sizeof(struct in_pktinfo))};
    struct cmsghdr *c = CMSG_FIRSTHDR(&says[i].msg_hdr);
    struct in_pktinfo info = {.ipi_spec_dst = from};
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(c), &info, sizeof info);
}

static void send_all(int sock, int count) {
    for (int done = 0; done < count; ) {
        int n = sendmmsg(sock, says + done, count - done, 0);
        if (n > 0) done += n;
        else if (errno == EAGAIN || errno == ENOBUFS) { struct pollfd f = {sock, POLLOUT, 0}; poll(&f, 1, 10); }
        else if (errno != EINTR) done++;
    }
}

int main(int argc, char **argv) {
    if (argc != 10) { fprintf(stderr, "nine arguments are needed\n"); return 2; }
    int port = atoi(argv[1]), one = 1, buffer = 8 << 20, cpu = atoi(argv[9]);
    device_count = atoi(argv[2]);
    silent_percent = atoi(argv[3]);
    u64 delay = strtoull(argv[4], 0, 10) * 1000;
    community = argv[5];
    user = argv[6];
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (cpu >= 0) { cpu_set_t set; CPU_ZERO(&set); CPU_SET(cpu, &set); sched_setaffinity(0, sizeof set, &set); }
    clock_gettime(CLOCK_MONOTONIC, &born);
    objects_ready();
    aes_tables();
    devices = calloc(device_count, sizeof *devices);
    u8 auth[20], priv[20], key[20];
    master_key(argv[7], auth);
    master_key(argv[8], priv);
    for (u32 i = 0; i < device_count; i++) {
        Device *d = &devices[i];
        u8 start[5] = {0x80, 0, 0x7e, 0xd9, 1}; /* RFC 3411: format 1, an IPv4 address */
        memcpy(d->engine, start, 5);
        put32(d->engine + 5, FIRST + i);
        d->luck = (i + 1) * 2654435761u >> 4;
        localise(auth, d->engine, key);
        mac_key(&d->sign, key);
        localise(priv, d->engine, key);
        aes_key(d->cipher, key);
    }
    int sock = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer))
        setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (setsockopt(sock, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer))
        setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    setsockopt(sock, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3); /* what is refused without rights is dropped below */
    setsockopt(sock, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
    setsockopt(sock, SOL_SOCKET, SO_RXQ_OVFL, &one, sizeof one);
    if (bind(sock, (struct sockaddr *)&here, sizeof here)) { perror("bind"); return 2; }
    signal(SIGTERM, stop);
    signal(SIGINT, SIG_IGN);
    for (int i = 0; i < BATCH; i++) ask_io[i] = (struct iovec){in_room[i], ROOM};
    Late *ring = delay ? malloc(sizeof(Late) * RING) : 0;
    u64 first = 0, next = 0, received = 0, answered = 0, silent = 0, refused = 0, idle_since = now_ns();
    u32 dropped = 0;
    printf("ready\n");
    fflush(stdout);
    while (!stopped) {
        for (int i = 0; i < BATCH; i++)
            asks[i].msg_hdr = (struct msghdr){.msg_name = &ask_from[i], .msg_namelen = sizeof ask_from[i],
                .msg_iov = &ask_io[i], .msg_iovlen = 1, .msg_control = &ask_control[i], .msg_controllen = sizeof(Control)};
        int count = recvmmsg(sock, asks, BATCH, MSG_DONTWAIT, 0), out = 0;
        for (int i = 0; i < count; i++) {
            struct in_addr asked = {0};
            for (struct cmsghdr *c = CMSG_FIRSTHDR(&asks[i].msg_hdr); c; c = CMSG_NXTHDR(&asks[i].msg_hdr, c)) {
                if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
                    memcpy(&asked, CMSG_DATA(c) + offsetof(struct in_pktinfo, ipi_addr), 4);
                if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) memcpy(&dropped, CMSG_DATA(c), 4);
            }
            received++;
            u32 number = ntohl(asked.s_addr) - FIRST;
            if (number >= device_count) { refused++; continue; }
            if (number % 100 < silent_percent) { silent++; continue; }
            u8 *end = out_room[out] + ANSWER, *p = answer(end, in_room[i], asks[i].msg_len, number);
            if (!p) { refused++; continue; }
            answered++;
            if (!ring) { say(out++, p, end - p, &ask_from[i], asked); continue; }
            if (next - first == RING) { refused++; continue; }
            Late *late = &ring[next++ % RING];
            *late = (Late){.due = now_ns() + delay, .to = ask_from[i], .from = asked, .size = end - p};
            memcpy(late->data, p, end - p);
        }
        send_all(sock, out);
        if (ring) {
            u64 now = now_ns();
            for (out = 0; first < next && out < BATCH && ring[first % RING].due <= now; out++, first++) {
                Late *late = &ring[first % RING];
                say(out, late->data, late->size, &late->to, late->from);
            }
            send_all(sock, out);
        }
        /* Nap rather than block: whoever asks shall not pay for waking us, as nobody pays for a device in the street. */
        if (count > 0 || out) { idle_since = now_ns(); if (count == BATCH || out == BATCH) continue; }
        if (now_ns() - idle_since > 20000000 && first == next) {
            struct pollfd f = {sock, POLLIN, 0};
            poll(&f, 1, 200);
            idle_since = now_ns();
        } else {
            struct timespec nap = {0, 50000};
            nanosleep(&nap, 0);
        }
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"received\": %llu, \"answered\": %llu, \"silent\": %llu, \"refused\": %llu, \"dropped\": %u, \"cpu_s\": %.3f}\n",
           (unsigned long long)received, (unsigned long long)answered, (unsigned long long)silent,
           (unsigned long long)refused, dropped,
           used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    return 0;
}
