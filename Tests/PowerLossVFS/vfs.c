#include "watched.h"
#include <string.h>

int powerloss_add(const char *path, powerloss_observer observer, void *context);

/// A watched file: the wrapped VFS's own follows it in memory. Only these have our methods.
struct file {
    sqlite3_file base;
    struct watched *watched;
};

static sqlite3_vfs *wrapped;
static sqlite3_vfs vfs;

static struct watched *watched(sqlite3_file *file) { return ((struct file *)file)->watched; }
static sqlite3_file *real(sqlite3_file *file) { return (sqlite3_file *)((struct file *)file + 1); }

/// Outside the lock: the observer may capture.
static void announce(struct directory *directory) {
    if (directory && directory->observer) directory->observer(directory->context);
}

static int plx_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    announce(watched(file)->directory);
    pthread_mutex_lock(&powerloss_lock);
    int code = real(file)->pMethods->xWrite(real(file), bytes, count, offset);
    watched(file)->live = real(file);
    if (code == SQLITE_OK) code = watched_touch(watched(file), offset, count);
    pthread_mutex_unlock(&powerloss_lock);
    return code;
}

static int plx_truncate(sqlite3_file *file, sqlite3_int64 size) {
    announce(watched(file)->directory);
    pthread_mutex_lock(&powerloss_lock);
    int code = real(file)->pMethods->xTruncate(real(file), size);
    if (code == SQLITE_OK) code = watched_cut(watched(file), size);
    pthread_mutex_unlock(&powerloss_lock);
    return code;
}

static int plx_sync(sqlite3_file *file, int flags) {
    announce(watched(file)->directory);
    pthread_mutex_lock(&powerloss_lock);
    int code = real(file)->pMethods->xSync(real(file), flags);
    watched(file)->live = real(file);
    if (code == SQLITE_OK) code = watched_sync(watched(file));
    pthread_mutex_unlock(&powerloss_lock);
    return code;
}

static int plx_close(sqlite3_file *file) {
    pthread_mutex_lock(&powerloss_lock);
    if (watched(file)->live == real(file)) watched(file)->live = NULL;
    pthread_mutex_unlock(&powerloss_lock);
    return real(file)->pMethods->xClose(real(file));
}

// The rest goes through.
static int plx_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), bytes, count, offset);
}
static int plx_size(sqlite3_file *file, sqlite3_int64 *size) { return real(file)->pMethods->xFileSize(real(file), size); }
static int plx_lock(sqlite3_file *file, int level) { return real(file)->pMethods->xLock(real(file), level); }
static int plx_unlock(sqlite3_file *file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
static int plx_reserved(sqlite3_file *file, int *held) {
    return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
static int plx_control(sqlite3_file *file, int operation, void *argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
static int plx_sector(sqlite3_file *file) { return real(file)->pMethods->xSectorSize(real(file)); }
static int plx_traits(sqlite3_file *file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }
static int plx_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **memory) {
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}
static int plx_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
static void plx_shm_barrier(sqlite3_file *file) { real(file)->pMethods->xShmBarrier(real(file)); }
static int plx_shm_unmap(sqlite3_file *file, int deletes) { return real(file)->pMethods->xShmUnmap(real(file), deletes); }
static int plx_fetch(sqlite3_file *file, sqlite3_int64 offset, int count, void **memory) {
    return real(file)->pMethods->xFetch(real(file), offset, count, memory);
}
static int plx_unfetch(sqlite3_file *file, sqlite3_int64 offset, void *memory) {
    return real(file)->pMethods->xUnfetch(real(file), offset, memory);
}

static const sqlite3_io_methods methods = {
    .iVersion = 3,
    .xClose = plx_close,
    .xRead = plx_read,
    .xWrite = plx_write,
    .xTruncate = plx_truncate,
    .xSync = plx_sync,
    .xFileSize = plx_size,
    .xLock = plx_lock,
    .xUnlock = plx_unlock,
    .xCheckReservedLock = plx_reserved,
    .xFileControl = plx_control,
    .xSectorSize = plx_sector,
    .xDeviceCharacteristics = plx_traits,
    .xShmMap = plx_shm_map,
    .xShmLock = plx_shm_lock,
    .xShmBarrier = plx_shm_barrier,
    .xShmUnmap = plx_shm_unmap,
    .xFetch = plx_fetch,
    .xUnfetch = plx_unfetch,
};

static int plx_open(sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags, int *opened) {
    (void)self;
    pthread_mutex_lock(&powerloss_lock);
    struct directory *directory = path ? directory_of(path) : NULL;
    pthread_mutex_unlock(&powerloss_lock);
    if (!directory) return wrapped->xOpen(wrapped, path, file, flags, opened);

    file->pMethods = NULL;
    int code = wrapped->xOpen(wrapped, path, real(file), flags, opened);
    if (code != SQLITE_OK) return code;
    pthread_mutex_lock(&powerloss_lock);
    ((struct file *)file)->watched = watched_open(directory, path, real(file));
    pthread_mutex_unlock(&powerloss_lock);
    if (!watched(file) || real(file)->pMethods->iVersion < 3) {
        real(file)->pMethods->xClose(real(file));
        return SQLITE_CANTOPEN;
    }
    file->pMethods = &methods;
    return SQLITE_OK;
}

/// The deletion is not durable before a new file of that name is synced; then everything of the old is gone.
static int plx_delete(sqlite3_vfs *self, const char *path, int syncs_directory) {
    (void)self;
    pthread_mutex_lock(&powerloss_lock);
    struct watched *file = watched_find(path);
    pthread_mutex_unlock(&powerloss_lock);
    if (file) announce(file->directory);
    pthread_mutex_lock(&powerloss_lock);
    int code = wrapped->xDelete(wrapped, path, syncs_directory);
    if (code == SQLITE_OK && file) {
        code = watched_cut(file, 0);
        if (syncs_directory) file->exists = 0;
    }
    pthread_mutex_unlock(&powerloss_lock);
    return code;
}

static void install(void) {
    wrapped = sqlite3_vfs_find(NULL);
    vfs = *wrapped;
    vfs.zName = "powerloss";
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct file) + wrapped->szOsFile;
    vfs.xOpen = plx_open;
    vfs.xDelete = plx_delete;
    sqlite3_vfs_register(&vfs, 1);
}

int powerloss_watch(const char *directory, powerloss_observer observer, void *context) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
    return powerloss_add(directory, observer, context);
}
