/*
 * What this machine can do at most by single sends: a picture's packets are protected for each of many viewers by
 * AES-GCM, as RFC 7714 has it, and sent to a socket of the viewer's own on the loopback. There is nothing else: no
 * ICE, no congestion control, no queue for retransmissions. Another process takes the packets in.
 *
 *   floor run <viewers> <packets per picture> <bytes> <seconds> <paced|saturated> <key bits> <core> <drain's core>
 *   floor protect <key> <salt> <roll-over counter> <packet>     all but the counter in hexadecimal digits
 *
 * Bytes are those of an RTP packet before it is protected. A core of -1 is any. `run` prints one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 12, SALT = 12, TAG = 16, LONGEST = 1500, BATCH = 64 };

/* As the load that relays are measured with. */
static const long PICTURE_NS = 1000000000L / 30;
/* Sent before anything is measured, so that caches and branch predictors are warm. */
static const int WARM_UP_PICTURES = 15;
/* In saturated runs the drain may be so far behind, in packets: nothing is lost, and no pause is long. */
static const uint64_t MOST_UNDRAINED = 4096;
/* How long the drain waits for packets that do not come any more. */
static const int LAST_WAIT_MS = 500;

struct viewer {
  int socket;
  struct sockaddr_in address;
  EVP_CIPHER_CTX *context;
  uint8_t salt[SALT];
  uint32_t ssrc;
  uint16_t sequence_number;
  uint32_t roll_over;
};

/* What the two processes know of each other. */
struct shared {
  _Atomic uint64_t sent;
  _Atomic uint64_t drained;
  atomic_bool done;
};

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void check(int good, const char *what) {
  if (!good) fail(what);
}

static void put16(uint8_t *at, uint16_t value) {
  at[0] = value >> 8;
  at[1] = value & 0xff;
}

static void put32(uint8_t *at, uint32_t value) {
  put16(at, value >> 16);
  put16(at + 2, value & 0xffff);
}

static EVP_CIPHER_CTX *new_context(const uint8_t *key, int key_bits) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  const EVP_CIPHER *cipher = key_bits == 256 ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
  check(context && EVP_EncryptInit_ex(context, cipher, NULL, key, NULL), "AES-GCM");
  return context;
}

/* RFC 7714, sections 8 and 9: the header is authenticated, the rest encrypted, the tag comes last. */
static int protect(EVP_CIPHER_CTX *context, const uint8_t *salt, uint32_t roll_over, const uint8_t *header,
                   const uint8_t *payload, int payload_length, uint8_t *out) {
  uint8_t iv[SALT] = {0};
  memcpy(iv + 2, header + 8, 4);
  put32(iv + 6, roll_over);
  memcpy(iv + 10, header + 2, 2);
  for (int i = 0; i < SALT; i += 1) iv[i] ^= salt[i];
  int length = 0;
  memcpy(out, header, HEADER);
  check(EVP_EncryptInit_ex(context, NULL, NULL, NULL, iv) &&
            EVP_EncryptUpdate(context, NULL, &length, header, HEADER) &&
            EVP_EncryptUpdate(context, out + HEADER, &length, payload, payload_length) &&
            EVP_EncryptFinal_ex(context, out + HEADER + payload_length, &length) &&
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, out + HEADER + payload_length),
        "protecting a packet");
  return HEADER + payload_length + TAG;
}

static void hold_to(int core) {
  if (core < 0) return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  check(sched_setaffinity(0, sizeof cores, &cores) == 0, "holding a process to a core");
}

static struct viewer *new_viewers(int count, int key_bits) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  struct viewer *viewers = calloc(count, sizeof *viewers);
  for (int i = 0; i < count; i += 1) {
    struct viewer *viewer = &viewers[i];
    viewer->socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    check(viewer->socket >= 0, "opening a socket");
    int buffer = 4 << 20;
    if (setsockopt(viewer->socket, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer))
      setsockopt(viewer->socket, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    viewer->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof viewer->address;
    check(bind(viewer->socket, (struct sockaddr *)&viewer->address, length) == 0, "binding a socket");
    getsockname(viewer->socket, (struct sockaddr *)&viewer->address, &length);
    uint8_t key[32];
    RAND_bytes(key, sizeof key);
    RAND_bytes(viewer->salt, SALT);
    viewer->context = new_context(key, key_bits);
    viewer->ssrc = i + 1;
  }
  return viewers;
}

/* Takes in what is sent, as cheaply as it can: the kernel copies a packet's first bytes alone. */
static void drain(struct viewer *viewers, int count, in_port_t from, struct shared *shared) {
  static uint8_t bytes[BATCH][64];
  static struct sockaddr_in senders[BATCH];
  struct mmsghdr messages[BATCH] = {0};
  struct iovec parts[BATCH];
  for (int i = 0; i < BATCH; i += 1) {
    parts[i] = (struct iovec){bytes[i], sizeof bytes[i]};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = &senders[i], .msg_namelen = sizeof senders[i], .msg_iov = &parts[i], .msg_iovlen = 1};
  }
  int poll = epoll_create1(0);
  for (int i = 0; i < count; i += 1) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = viewers[i].socket};
    check(epoll_ctl(poll, EPOLL_CTL_ADD, viewers[i].socket, &event) == 0, "watching a socket");
  }
  for (;;) {
    struct epoll_event events[BATCH];
    int ready = epoll_wait(poll, events, BATCH, LAST_WAIT_MS);
    if (atomic_load(&shared->done) && (ready <= 0 || atomic_load(&shared->drained) == atomic_load(&shared->sent)))
      return;
    uint64_t taken = 0;
    for (int i = 0; i < ready; i += 1) {
      int got = recvmmsg(events[i].data.fd, messages, BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
      /* Some relay of before may still send to one that had this port. */
      for (int j = 0; j < got; j += 1) taken += senders[j].sin_port == from;
    }
    atomic_fetch_add(&shared->drained, taken);
  }
}

static void send_picture(struct viewer *viewers, int count, int packets, int bytes, int socket, int picture) {
  static uint8_t payload[LONGEST];
  static uint8_t out[LONGEST + TAG];
  for (int packet = 0; packet < packets; packet += 1) {
    for (struct viewer *viewer = viewers; viewer < viewers + count; viewer += 1) {
      /* RFC 3550, section 5.1; the last packet of a picture has the marker. */
      uint8_t header[HEADER] = {0x80, 96 | (packet == packets - 1 ? 0x80 : 0)};
      put16(header + 2, viewer->sequence_number);
      put32(header + 4, (uint32_t)picture * 3000);
      put32(header + 8, viewer->ssrc);
      int length =
          protect(viewer->context, viewer->salt, viewer->roll_over, header, payload, bytes - HEADER, out);
      viewer->sequence_number += 1;
      if (viewer->sequence_number == 0) viewer->roll_over += 1;
      check(sendto(socket, out, length, 0, (struct sockaddr *)&viewer->address, sizeof viewer->address) == length,
            "sending a packet");
    }
  }
}

static double seconds_of(struct timespec time) { return time.tv_sec + time.tv_nsec / 1e9; }

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return seconds_of(time);
}

/* Of this process alone, on any core, in the kernel and outside. */
static double cpu_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return seconds_of(time);
}

static void run(int count, int packets, int bytes, double seconds, int paced, int key_bits, int core, int drain_core) {
  struct viewer *viewers = new_viewers(count, key_bits);
  struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  check(shared != MAP_FAILED, "sharing memory");
  int socket_out = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t own_length = sizeof own;
  check(socket_out >= 0 && bind(socket_out, (struct sockaddr *)&own, own_length) == 0, "opening a socket");
  getsockname(socket_out, (struct sockaddr *)&own, &own_length);
  pid_t child = fork();
  check(child >= 0, "starting the drain");
  if (child == 0) {
    hold_to(drain_core);
    drain(viewers, count, own.sin_port, shared);
    exit(0);
  }
  hold_to(core);
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  double from = 0, cpu_from = 0, until = 0, give_up = now() + seconds + 5;
  uint64_t before = 0;
  for (int picture = 0; picture <= WARM_UP_PICTURES || now() < until; picture += 1) {
    if (picture == WARM_UP_PICTURES) {
      from = now();
      until = from + seconds;
      cpu_from = cpu_seconds();
      before = atomic_load(&shared->sent);
    }
    if (paced) {
      next.tv_nsec += PICTURE_NS;
      if (next.tv_nsec >= 1000000000L) {
        next.tv_sec += 1;
        next.tv_nsec -= 1000000000L;
      }
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    send_picture(viewers, count, packets, bytes, socket_out, picture);
    uint64_t sent = atomic_fetch_add(&shared->sent, (uint64_t)count * packets) + (uint64_t)count * packets;
    while (!paced && sent - atomic_load(&shared->drained) > MOST_UNDRAINED && now() < give_up) {
      struct timespec pause = {0, 200000};
      nanosleep(&pause, NULL);
    }
  }
  double took = now() - from, cpu = cpu_seconds() - cpu_from;
  atomic_store(&shared->done, 1);
  waitpid(child, NULL, 0);
  uint64_t sent = atomic_load(&shared->sent), drained = atomic_load(&shared->drained);
  printf("{\"packets\":%llu,\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"sent\":%llu,\"drained\":%llu}\n",
         (unsigned long long)(sent - before), took, cpu, (unsigned long long)sent, (unsigned long long)drained);
}

static int from_hex(const char *text, uint8_t *out) {
  int length = 0;
  for (unsigned byte; length < LONGEST && sscanf(text, "%2x", &byte) == 1 && text[1]; text += 2) out[length++] = byte;
  return length;
}

int main(int count, char **words) {
  if (count == 10 && strcmp(words[1], "run") == 0) {
    int viewers = atoi(words[2]), packets = atoi(words[3]), bytes = atoi(words[4]);
    if (viewers < 1 || packets < 1 || bytes <= HEADER || bytes > LONGEST) return 2;
    run(viewers, packets, bytes, atof(words[5]), strcmp(words[6], "paced") == 0, atoi(words[7]), atoi(words[8]),
        atoi(words[9]));
    return 0;
  }
  if (count == 6 && strcmp(words[1], "protect") == 0) {
    uint8_t key[LONGEST], salt[LONGEST], packet[LONGEST], out[LONGEST + TAG];
    int key_bits = from_hex(words[2], key) * 8, length = from_hex(words[5], packet);
    if (from_hex(words[3], salt) != SALT || length < HEADER) return 2;
    int protected_length = protect(new_context(key, key_bits), salt, strtoul(words[4], NULL, 10), packet,
                                   packet + HEADER, length - HEADER, out);
    for (int i = 0; i < protected_length; i += 1) printf("%02x", out[i]);
    printf("\n");
    return 0;
  }
  fprintf(stderr, "see the head of floor.c\n");
  return 2;
}
