/* A file system in memory, by the kernel's FUSE protocol, that remembers what was synced. SIGUSR1 is a power cut: the
   content and size of each file go back to its last fsync, fdatasync or O_SYNC write; it prints how many bytes that
   changed. Names (create, rename, unlink) are kept at once, as a journalling file system keeps them: a file that was
   renamed into place without a sync is there, and empty. Usage: unsynced-fs DIR, as root; prints "mounted". */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

typedef struct node {
  struct node *parent, *child, *next, *all;
  char name[256];
  unsigned char *live, *kept;
  size_t size, room, kept_size, kept_room;
  size_t dirty_from, dirty_to;
  unsigned mode, links, uid, gid;
  struct timespec changed;
} node;

static node *root, *every;
static int dev;
static volatile sig_atomic_t cut_asked, end_asked;
static void on_cut(int s) { (void)s; cut_asked = 1; }
static void on_end(int s) { (void)s; end_asked = 1; }

static unsigned char *grown(unsigned char *at, size_t *room, size_t size) {
  if (size <= *room) return at;
  size_t more = *room ? *room : 4096;
  while (more < size) more *= 2;
  at = realloc(at, more);
  if (!at) abort();
  memset(at + *room, 0, more - *room);
  *room = more;
  return at;
}
static void dirty(node *n, size_t from, size_t to) {
  if (n->dirty_from >= n->dirty_to) { n->dirty_from = from; n->dirty_to = to; return; }
  if (from < n->dirty_from) n->dirty_from = from;
  if (to > n->dirty_to) n->dirty_to = to;
}
static void resize(node *n, size_t size) {
  n->live = grown(n->live, &n->room, size);
  size_t low = size < n->size ? size : n->size, high = size < n->size ? n->size : size;
  memset(n->live + low, 0, high - low);
  dirty(n, low, high);
  n->size = size;
}
static void keep(node *n) {
  n->kept = grown(n->kept, &n->kept_room, n->size);
  size_t to = n->dirty_to < n->size ? n->dirty_to : n->size;
  if (n->dirty_from < to) memcpy(n->kept + n->dirty_from, n->live + n->dirty_from, to - n->dirty_from);
  n->kept_size = n->size;
  n->dirty_from = n->dirty_to = 0;
}
static size_t lose(node *n) {
  size_t lost = 0;
  for (size_t i = n->dirty_from; i < n->dirty_to; i++) {
    int was = i < n->kept_size ? n->kept[i] : -1, is = i < n->size ? n->live[i] : -1;
    if (was != is) lost++;
  }
  n->live = grown(n->live, &n->room, n->kept_size);
  if (n->room) memset(n->live, 0, n->room);
  if (n->kept_size) memcpy(n->live, n->kept, n->kept_size);
  n->size = n->kept_size;
  n->dirty_from = n->dirty_to = 0;
  return lost;
}
static void power_cut(void) {
  size_t lost = 0;
  for (node *n = every; n; n = n->all) if (S_ISREG(n->mode)) lost += lose(n);
  printf("cut %zu\n", lost);
  fflush(stdout);
}

static node *find(node *in, const char *name) {
  for (node *n = in->child; n; n = n->next) if (!strcmp(n->name, name)) return n;
  return NULL;
}
static void attach(node *in, node *n, const char *name) {
  snprintf(n->name, sizeof n->name, "%s", name);
  n->parent = in; n->next = in->child; in->child = n;
}
static void detach(node *n) {
  for (node **at = &n->parent->child; *at; at = &(*at)->next)
    if (*at == n) { *at = n->next; break; }
  n->parent = NULL;
}
static node *make(node *in, const char *name, unsigned mode, const struct fuse_in_header *by) {
  node *n = calloc(1, sizeof *n);
  if (!n) abort();
  n->mode = mode; n->links = 1; n->uid = by ? by->uid : 0; n->gid = by ? by->gid : 0;
  clock_gettime(CLOCK_REALTIME, &n->changed);
  n->all = every; every = n;
  if (in) attach(in, n, name);
  return n;
}

static void answer(const struct fuse_in_header *in, int error, const void *data, size_t size) {
  struct fuse_out_header out = {.len = sizeof out + (error ? 0 : size), .error = -error, .unique = in->unique};
  struct iovec parts[] = {{&out, sizeof out}, {(void *)data, error ? 0 : size}};
  if (writev(dev, parts, 2) < 0 && errno != ENOENT) perror("answer");
}
static struct fuse_attr attr_of(node *n) {
  struct fuse_attr a = {0};
  a.ino = n == root ? 1 : (uintptr_t)n; a.size = n->size; a.blocks = (n->size + 511) / 512; a.mode = n->mode;
  a.nlink = n->links; a.uid = n->uid; a.gid = n->gid; a.blksize = 4096;
  a.mtime = a.ctime = a.atime = n->changed.tv_sec; a.mtimensec = a.ctimensec = n->changed.tv_nsec;
  return a;
}
static void answer_entry(const struct fuse_in_header *in, node *n) {
  struct fuse_entry_out out = {.nodeid = (uintptr_t)n};
  out.attr = attr_of(n);
  answer(in, 0, &out, sizeof out);
}
static void answer_attr(const struct fuse_in_header *in, node *n) {
  struct fuse_attr_out out = {0};
  out.attr = attr_of(n);
  answer(in, 0, &out, sizeof out);
}
static int gone(node *in, const char *name, int folder) {
  node *n = find(in, name);
  if (!n) return ENOENT;
  if (folder && n->child) return ENOTEMPTY;
  n->links = 0;
  detach(n); /* stays in memory: somebody may have it open */
  return 0;
}
static int rename_to(node *from, const char *old, node *to, const char *new, unsigned flags) {
  node *n = find(from, old), *there = find(to, new);
  if (!n) return ENOENT;
  if (flags & ~RENAME_NOREPLACE) return EINVAL;
  if (there && (flags & RENAME_NOREPLACE)) return EEXIST;
  if (there == n) return 0;
  if (there) { if (there->child) return ENOTEMPTY; there->links = 0; detach(there); }
  detach(n);
  attach(to, n, new);
  return 0;
}
static void list(const struct fuse_in_header *in, node *of, const struct fuse_read_in *ask) {
  static char out[1 << 17];
  size_t used = 0, place = 0;
  for (node *n = of->child; n; n = n->next, place++) {
    if (place < ask->offset) continue;
    size_t length = strlen(n->name), size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + length);
    if (used + size > ask->size || used + size > sizeof out) break;
    struct fuse_dirent *entry = (struct fuse_dirent *)(out + used);
    memset(entry, 0, size);
    entry->ino = (uintptr_t)n; entry->off = place + 1; entry->namelen = length; entry->type = (n->mode & S_IFMT) >> 12;
    memcpy(entry->name, n->name, length);
    used += size;
  }
  answer(in, 0, out, used);
}

static void serve(struct fuse_in_header *in, char *arg) {
  node *n = in->nodeid == 1 ? root : (node *)(uintptr_t)in->nodeid;
  switch (in->opcode) {
  case FUSE_INIT: {
    struct fuse_init_in *ask = (void *)arg;
    struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
      .max_readahead = ask->max_readahead, .flags = FUSE_BIG_WRITES | FUSE_ATOMIC_O_TRUNC,
      .max_background = 16, .congestion_threshold = 12, .max_write = 1 << 17, .time_gran = 1};
    return answer(in, 0, &out, sizeof out);
  }
  case FUSE_LOOKUP: { node *c = find(n, arg); return c ? answer_entry(in, c) : answer(in, ENOENT, NULL, 0); }
  case FUSE_FORGET: case FUSE_BATCH_FORGET: case FUSE_INTERRUPT: return;
  case FUSE_GETATTR: return answer_attr(in, n);
  case FUSE_SETATTR: {
    struct fuse_setattr_in *ask = (void *)arg;
    if (ask->valid & FATTR_SIZE) resize(n, ask->size);
    if (ask->valid & FATTR_MODE) n->mode = (n->mode & S_IFMT) | (ask->mode & 07777);
    clock_gettime(CLOCK_REALTIME, &n->changed);
    return answer_attr(in, n);
  }
  case FUSE_MKDIR: {
    struct fuse_mkdir_in *ask = (void *)arg;
    return answer_entry(in, make(n, arg + sizeof *ask, S_IFDIR | (ask->mode & 07777), in));
  }
  case FUSE_MKNOD: {
    struct fuse_mknod_in *ask = (void *)arg;
    return answer_entry(in, make(n, arg + sizeof *ask, ask->mode, in));
  }
  case FUSE_CREATE: {
    struct fuse_create_in *ask = (void *)arg;
    node *c = find(n, arg + sizeof *ask);
    if (!c) c = make(n, arg + sizeof *ask, S_IFREG | (ask->mode & 07777), in);
    struct { struct fuse_entry_out entry; struct fuse_open_out open; } out = {0};
    out.entry.nodeid = (uintptr_t)c;
    out.entry.attr = attr_of(c);
    return answer(in, 0, &out, sizeof out);
  }
  case FUSE_OPEN: {
    struct fuse_open_in *ask = (void *)arg;
    struct fuse_open_out out = {0};
    if (ask->flags & O_TRUNC) resize(n, 0);
    return answer(in, 0, &out, sizeof out);
  }
  case FUSE_OPENDIR: { struct fuse_open_out out = {0}; return answer(in, 0, &out, sizeof out); }
  case FUSE_READDIR: return list(in, n, (void *)arg);
  case FUSE_READ: {
    struct fuse_read_in *ask = (void *)arg;
    size_t left = ask->offset < n->size ? n->size - ask->offset : 0;
    return answer(in, 0, n->live + ask->offset, left < ask->size ? left : ask->size);
  }
  case FUSE_WRITE: {
    struct fuse_write_in *ask = (void *)arg;
    if (ask->offset + ask->size > n->size) resize(n, ask->offset + ask->size);
    memcpy(n->live + ask->offset, arg + sizeof *ask, ask->size);
    dirty(n, ask->offset, ask->offset + ask->size);
    clock_gettime(CLOCK_REALTIME, &n->changed);
    if (ask->flags & O_DSYNC) keep(n);
    struct fuse_write_out out = {.size = ask->size};
    return answer(in, 0, &out, sizeof out);
  }
  case FUSE_FSYNC: keep(n); return answer(in, 0, NULL, 0);
  case FUSE_FSYNCDIR: case FUSE_FLUSH: case FUSE_RELEASE: case FUSE_RELEASEDIR: case FUSE_ACCESS:
    return answer(in, 0, NULL, 0);
  case FUSE_UNLINK: return answer(in, gone(n, arg, 0), NULL, 0);
  case FUSE_RMDIR: return answer(in, gone(n, arg, 1), NULL, 0);
  case FUSE_RENAME: {
    struct fuse_rename_in *ask = (void *)arg;
    char *old = arg + sizeof *ask;
    node *to = ask->newdir == 1 ? root : (node *)(uintptr_t)ask->newdir;
    return answer(in, rename_to(n, old, to, old + strlen(old) + 1, 0), NULL, 0);
  }
  case FUSE_RENAME2: {
    struct fuse_rename2_in *ask = (void *)arg;
    char *old = arg + sizeof *ask;
    node *to = ask->newdir == 1 ? root : (node *)(uintptr_t)ask->newdir;
    return answer(in, rename_to(n, old, to, old + strlen(old) + 1, ask->flags), NULL, 0);
  }
  case FUSE_STATFS: {
    struct fuse_statfs_out out = {0};
    out.st.bsize = out.st.frsize = 4096; out.st.namelen = 255;
    out.st.blocks = out.st.bfree = out.st.bavail = 1 << 19; /* 2 GiB */
    return answer(in, 0, &out, sizeof out);
  }
  default: return answer(in, ENOSYS, NULL, 0);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) { fprintf(stderr, "usage: unsynced-fs DIR\n"); return 2; }
  root = make(NULL, "", S_IFDIR | 0755, NULL);
  dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (dev < 0) { perror("/dev/fuse"); return 1; }
  char how[128];
  snprintf(how, sizeof how, "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other", dev);
  if (mount("unsynced", argv[1], "fuse", MS_NOSUID | MS_NODEV, how) < 0) { perror("mount"); return 1; }
  struct sigaction cut = {.sa_handler = on_cut}, end = {.sa_handler = on_end};
  sigaction(SIGUSR1, &cut, NULL);
  sigaction(SIGTERM, &end, NULL);
  sigaction(SIGINT, &end, NULL);
  printf("mounted\n");
  fflush(stdout);
  static char buffer[(1 << 17) + (1 << 16)];
  while (!end_asked) {
    if (cut_asked) { cut_asked = 0; power_cut(); }
    ssize_t got = read(dev, buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT)) continue;
    if (got < 0) break; /* unmounted */
    serve((struct fuse_in_header *)buffer, buffer + sizeof(struct fuse_in_header));
  }
  umount2(argv[1], MNT_DETACH);
  return 0;
}
