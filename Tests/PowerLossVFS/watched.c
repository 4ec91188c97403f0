#include "watched.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

pthread_mutex_t powerloss_lock = PTHREAD_MUTEX_INITIALIZER;
static struct directory *directories;

static sqlite3_int64 blocks(sqlite3_int64 size) { return (size + block_size - 1) / block_size; }

static int reserve(struct watched *file, sqlite3_int64 count) {
    if (count <= file->capacity) return SQLITE_OK;
    sqlite3_int64 capacity = file->capacity * 2 > count ? file->capacity * 2 : count;
    unsigned char *durable = realloc(file->durable, capacity * block_size);
    if (!durable) return SQLITE_NOMEM;
    file->durable = durable;
    unsigned char *dirty = realloc(file->dirty, capacity);
    if (!dirty) return SQLITE_NOMEM;
    file->dirty = dirty;
    memset(durable + file->capacity * block_size, 0, (capacity - file->capacity) * block_size);
    memset(dirty + file->capacity, 0, capacity - file->capacity);
    file->capacity = capacity;
    return SQLITE_OK;
}

struct directory *directory_of(const char *path) {
    for (struct directory *each = directories; each; each = each->next) {
        size_t length = strlen(each->path);
        if (strncmp(path, each->path, length) == 0 && path[length] == '/') return each;
    }
    return NULL;
}

struct watched *watched_find(const char *path) {
    struct directory *directory = directory_of(path);
    struct watched *file = directory ? directory->files : NULL;
    while (file && strcmp(file->path, path) != 0) file = file->next;
    return file;
}

struct watched *watched_open(struct directory *directory, const char *path, sqlite3_file *live) {
    struct watched *file = watched_find(path);
    if (!file) {
        file = calloc(1, sizeof *file);
        if (!file) return NULL;
        file->directory = directory;
        snprintf(file->path, sizeof file->path, "%s", path);
        file->live = live;
        sqlite3_int64 size = 0;
        if (live->pMethods->xFileSize(live, &size) == SQLITE_OK && size > 0) {
            if (watched_touch(file, 0, size) != SQLITE_OK || watched_sync(file) != SQLITE_OK) {
                free(file);
                return NULL;
            }
        }
        file->next = directory->files;
        directory->files = file;
    }
    file->live = live;
    return file;
}

int watched_touch(struct watched *file, sqlite3_int64 offset, sqlite3_int64 count) {
    if (reserve(file, blocks(offset + count)) != SQLITE_OK) return SQLITE_NOMEM;
    for (sqlite3_int64 block = offset / block_size; block < blocks(offset + count); block++) file->dirty[block] = 1;
    return SQLITE_OK;
}

/// What lies behind `size` is gone once the file is synced, and what is written there later begins with zeros.
int watched_cut(struct watched *file, sqlite3_int64 size) {
    sqlite3_int64 end = file->capacity * block_size;
    return size < end ? watched_touch(file, size, end - size) : SQLITE_OK;
}

static int copy_block(struct watched *file, sqlite3_int64 block, unsigned char *into) {
    int code = file->live->pMethods->xRead(file->live, into, block_size, block * block_size);
    // Past the end xRead has filled up with zeros.
    return code == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : code;
}

int watched_sync(struct watched *file) {
    sqlite3_int64 size = 0;
    int code = file->live->pMethods->xFileSize(file->live, &size);
    if (code == SQLITE_OK) code = reserve(file, blocks(size));
    for (sqlite3_int64 block = 0; code == SQLITE_OK && block < file->capacity; block++) {
        if (!file->dirty[block]) continue;
        code = copy_block(file, block, file->durable + block * block_size);
        file->dirty[block] = 0;
    }
    file->durable_size = size;
    file->exists = 1;
    return code;
}

int powerloss_add(const char *path, powerloss_observer observer, void *context) {
    struct directory *directory = calloc(1, sizeof *directory);
    if (!directory) return -1;
    if (!realpath(path, directory->path)) {
        free(directory);
        return -1;
    }
    directory->observer = observer;
    directory->context = context;
    pthread_mutex_lock(&powerloss_lock);
    directory->next = directories;
    directories = directory;
    pthread_mutex_unlock(&powerloss_lock);
    return 0;
}

void powerloss_unwatch(const char *path) {
    char real[PATH_MAX];
    if (!realpath(path, real)) return;
    pthread_mutex_lock(&powerloss_lock);
    for (struct directory **link = &directories; *link; link = &(*link)->next) {
        struct directory *directory = *link;
        if (strcmp(directory->path, real) != 0) continue;
        *link = directory->next;
        for (struct watched *file = directory->files, *next; file; file = next) {
            next = file->next;
            free(file->durable);
            free(file->dirty);
            free(file);
        }
        free(directory);
        break;
    }
    pthread_mutex_unlock(&powerloss_lock);
}

/// SplitMix64; source: https://prng.di.unimi.it/splitmix64.c
static uint64_t draw(uint64_t *seed) {
    uint64_t z = (*seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/// Writes one block of the image, cut off where the file ends.
static int write_block(FILE *image, sqlite3_int64 block, sqlite3_int64 size, const unsigned char *bytes) {
    sqlite3_int64 start = block * block_size;
    if (start >= size) return 0;
    size_t count = size - start < block_size ? size - start : block_size;
    return fseeko(image, start, SEEK_SET) == 0 && fwrite(bytes, 1, count, image) == count ? 0 : -1;
}

static int write_image(struct watched *file, FILE *image, uint64_t *seed) {
    unsigned char bytes[block_size];
    sqlite3_int64 live_size = 0;
    if (*seed && file->live) file->live->pMethods->xFileSize(file->live, &live_size);
    for (sqlite3_int64 block = 0; block < file->capacity; block++) {
        int survives = *seed && file->live && file->dirty[block] && block * block_size < live_size && draw(seed) & 1;
        if (survives && copy_block(file, block, bytes) != SQLITE_OK) return -1;
        const unsigned char *content = survives ? bytes : file->durable + block * block_size;
        if (write_block(image, block, survives ? live_size : file->durable_size, content) != 0) return -1;
    }
    return 0;
}

static int capture_file(struct watched *file, const char *destination, uint64_t *seed) {
    char path[PATH_MAX * 2];
    snprintf(path, sizeof path, "%s/%s", destination, strrchr(file->path, '/') + 1);
    FILE *image = fopen(path, "wb");
    if (!image) return -1;
    int result = write_image(file, image, seed);
    return fclose(image) == 0 ? result : -1;
}

int powerloss_capture(const char *path, const char *destination, uint64_t seed) {
    char real[PATH_MAX];
    if (!realpath(path, real)) return -1;
    int count = 0;
    pthread_mutex_lock(&powerloss_lock);
    struct directory *directory = directories;
    while (directory && strcmp(directory->path, real) != 0) directory = directory->next;
    if (!directory) count = -1;
    for (struct watched *file = directory ? directory->files : NULL; file && count >= 0; file = file->next) {
        if (!file->exists) continue;
        count = capture_file(file, destination, &seed) == 0 ? count + 1 : -1;
    }
    pthread_mutex_unlock(&powerloss_lock);
    return count;
}
