#ifndef WATCHED_H
#define WATCHED_H

#include "PowerLossVFS.h"
#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>

enum { block_size = 4096 };

struct directory {
    char path[PATH_MAX];
    powerloss_observer observer;
    void *context;
    struct watched *files;
    struct directory *next;
};

/// What is durable of one file, and which blocks of it were written since.
struct watched {
    struct directory *directory;
    char path[PATH_MAX];
    /// Whether the directory entry is durable.
    int exists;
    unsigned char *durable;
    sqlite3_int64 durable_size;
    /// Blocks for which `durable` and `dirty` have room.
    sqlite3_int64 capacity;
    unsigned char *dirty;
    /// The file as it is, while it is open.
    sqlite3_file *live;
    struct watched *next;
};

/// Guards everything below. Held over each operation on a watched file, so that a capture sees whole operations.
extern pthread_mutex_t powerloss_lock;

struct directory *directory_of(const char *path);
struct watched *watched_open(struct directory *directory, const char *path, sqlite3_file *live);
struct watched *watched_find(const char *path);
int watched_touch(struct watched *file, sqlite3_int64 offset, sqlite3_int64 count);
int watched_cut(struct watched *file, sqlite3_int64 size);
int watched_sync(struct watched *file);

#endif
