import KeyValue
import Testing
import TestSupport

@Suite struct KeyLockTests {
    @Test("a key is held by one at a time")
    func exclusive() {
        let lock = KeyLock<String>()
        #expect(lock.tryAcquire("a"))
        #expect(!lock.tryAcquire("a"))
        #expect(lock.tryAcquire("b"))
        lock.release("a")
        #expect(lock.tryAcquire("a"))
    }

    @Test("no more keys are held than the bound")
    func bound() {
        let lock = KeyLock<Int>(keysMax: 2)
        #expect(lock.tryAcquire(1))
        #expect(lock.tryAcquire(2))
        #expect(!lock.tryAcquire(3))
        lock.release(1)
        #expect(lock.tryAcquire(3))
    }
}
