import Testing

@testable import EventLog

/// Every rest here would last an hour; that the tests end at all is what they prove.
@Suite(.timeLimit(.minutes(10))) struct RestTests {
    @Test("a rest is over when somebody ends it")
    func ended() async {
        let rest = Rest()
        let (begun, continuation) = AsyncStream<Void>.makeStream()
        let resting = Task {
            await rest.take(.seconds(3600)) {
                continuation.finish()
                return false
            }
        }
        for await _ in begun {}
        rest.end()
        await resting.value
    }

    @Test("nobody rests while somebody waits, or after the last rest, or cancelled")
    func refused() async {
        await Rest().take(.seconds(3600)) { true }
        let closed = Rest()
        closed.endForGood()
        await closed.take(.seconds(3600)) { false }
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await Rest().take(.seconds(3600)) { false }
        }
        await cancelled.value
    }

    @Test("ending a rest does not end the one after it")
    func again() async {
        let rest = Rest()
        rest.end()
        let (begun, continuation) = AsyncStream<Void>.makeStream()
        let resting = Task {
            await rest.take(.seconds(3600)) {
                continuation.finish()
                return false
            }
            return Task.isCancelled
        }
        for await _ in begun {}
        resting.cancel()
        #expect(await resting.value)
    }
}
