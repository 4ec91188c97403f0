import CRdKafka
import Synchronization

/// The batches whose records are on their way, each with the one who waits for it.
///
/// A record carries its batch's number through the C library, never a reference: a report that comes after everyone has
/// left finds no batch, and that is all.
final class DeliveryBatches: Sendable {
    private struct Batch {
        var outstanding = 0
        /// Whether all of its records were handed over.
        var isComplete = false
        var failure: KafkaError?
        var waiter: CheckedContinuation<Void, any Error>?

        var isSettled: Bool { isComplete && outstanding == 0 }
    }

    private struct State {
        var next: UInt = 1
        var batches: [UInt: Batch] = [:]
        var settled: UInt64 = 0
    }

    private let state = Mutex(State())

    var outstanding: Int { state.withLock { $0.batches.values.reduce(0) { $0 + $1.outstanding } } }

    /// Records that were on their way and are no longer, since the beginning.
    var settled: UInt64 { state.withLock { $0.settled } }

    /// Whether none of the batch is on its way any more.
    func isSettled(_ number: UInt) -> Bool {
        state.withLock { $0.batches[number].map { $0.outstanding == 0 } ?? true }
    }

    func begin() -> UInt {
        state.withLock { state in
            defer { state.next &+= 1 }
            state.batches[state.next] = Batch()
            return state.next
        }
    }

    func add(to number: UInt) {
        state.withLock { $0.batches[number]?.outstanding += 1 }
    }

    /// One record of the batch is no longer on its way: confirmed, failed, or never accepted.
    func settle(_ number: UInt, _ failure: KafkaError?) {
        change(number) { batch in
            batch.outstanding -= 1
            batch.failure = batch.failure ?? failure
        }
        state.withLock { $0.settled &+= 1 }
    }

    /// Waits until every record of the batch was confirmed.
    /// - Throws: the first failure; `CancellationError`, after which the records may still be delivered.
    func wait(for number: UInt) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                change(number, else: { continuation.resume(throwing: Self.abandonment) }) { batch in
                    batch.isComplete = true
                    batch.waiter = continuation
                }
            }
        } onCancel: {
            abandon(number, CancellationError())
        }
    }

    /// Forgets the batch; whoever waits for it gets `error`.
    func abandon(_ number: UInt, _ error: any Error) {
        let batch = state.withLock { $0.batches.removeValue(forKey: number) }
        batch?.waiter?.resume(throwing: error)
    }

    func abandonAll(_ error: any Error) {
        let batches = state.withLock { state in
            defer { state.batches = [:] }
            return state.batches.values.map(\.waiter)
        }
        for waiter in batches { waiter?.resume(throwing: error) }
    }

    private static var abandonment: any Error {
        Task.isCancelled ? CancellationError() : KafkaError(.closed, "the producer was closed")
    }

    private func change(_ number: UInt, else gone: () -> Void = {}, _ change: (inout Batch) -> Void) {
        let (isKnown, settled) = state.withLock { state -> (Bool, Batch?) in
            guard var batch = state.batches[number] else { return (false, nil) }
            change(&batch)
            state.batches[number] = batch.isSettled ? nil : batch
            return (true, batch.isSettled ? batch : nil)
        }
        if !isKnown { gone() }
        guard let settled, let waiter = settled.waiter else { return }
        if let failure = settled.failure { waiter.resume(throwing: failure) } else { waiter.resume() }
    }
}
