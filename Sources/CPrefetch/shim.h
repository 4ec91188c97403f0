/// Asks the processor to bring a cache line that is about to be written. A hint: it cannot fault.
static inline void starling_prefetch(const void *address) {
    __builtin_prefetch(address, 1, 3);
}
