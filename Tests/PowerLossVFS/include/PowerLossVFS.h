#ifndef POWER_LOSS_VFS_H
#define POWER_LOSS_VFS_H

#include <stdint.h>

/// A SQLite VFS that knows what a power loss would leave of the files in watched directories.
///
/// It wraps the default VFS. Of a watched file it remembers the content as of the last xSync; everything written later
/// is as good as lost. Files elsewhere go straight through to the wrapped VFS.
///
/// A file's entry in its directory is durable once the file was synced; a deletion or truncation is durable once the
/// file of that name is synced again. The shared-memory index (-shm) is never durable.

/// Called on SQLite's thread before each write, truncation, sync and deletion of a watched file.
typedef void (*powerloss_observer)(void *context);

/// Makes the VFS the process's default, where it is not yet, and watches `directory`, which must exist.
/// What a file holds when it is first opened counts as durable. `observer` may be NULL.
/// Returns 0, or -1 where the directory does not exist or no memory is left.
int powerloss_watch(const char *directory, powerloss_observer observer, void *context);

/// Forgets `directory`. Every database in it must be closed.
void powerloss_unwatch(const char *directory);

/// Writes what a power loss at this moment would leave of `directory` into the existing folder `destination`.
/// seed 0: nothing that was not synced. Any other: each 4 KiB block written since then survives or not, as drawn.
/// Returns the number of files written, or -1 where that failed.
int powerloss_capture(const char *directory, const char *destination, uint64_t seed);

#endif
