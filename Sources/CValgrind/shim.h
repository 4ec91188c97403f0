// Requests to callgrind. Without Valgrind's headers they do nothing; outside of callgrind they cost a few instructions.
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(name) (void)(name)
#define RUNNING_ON_VALGRIND 0
#endif

/// Whether this process runs on Valgrind.
static inline int valgrind_is_running(void) { return (int)RUNNING_ON_VALGRIND; }

/// Counts instructions from here on.
static inline void callgrind_start(void) {
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

/// Writes what was counted under a name, and stops counting.
static inline void callgrind_stop(const char *name) {
    CALLGRIND_DUMP_STATS_AT(name);
    CALLGRIND_STOP_INSTRUMENTATION;
}
