import CRdKafka
import Dispatch
import Synchronization

/// Takes events from a client's queue on a thread of its own until it is stopped.
final class EventPump: Sendable {
    private final class Flag: Sendable {
        let isRaised = Atomic(false)
    }

    private let stopped = Flag()
    private let client: KafkaClient

    init(_ client: KafkaClient, label: String, _ handle: @escaping @Sendable (OpaquePointer) -> Void) {
        self.client = client
        DispatchQueue(label: label).async { [stopped] in
            while !stopped.isRaised.load(ordering: .acquiring) {
                client.withEvent(within: .seconds(1), handle)
            }
        }
    }

    func stop() {
        stopped.isRaised.store(true, ordering: .releasing)
        client.endWait()
    }
}

extension DispatchQueue {
    /// Runs what blocks on this queue instead of a thread that tasks share.
    func waiting<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            async { continuation.resume(with: Result { try body() }) }
        }
    }

    func waiting(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            async {
                body()
                continuation.resume()
            }
        }
    }
}
