import Dispatch
import SQL
import TestSupport

/// Keeps the writer busy until it is lifted, so that what is written meanwhile has to queue.
final class WriterBlock: Sendable {
    private let held = DispatchSemaphore(value: 0)

    /// Returns once the writer is inside the blocking transaction.
    init(_ database: SQLiteDatabase, in group: inout ThrowingTaskGroup<Void, any Error>) async throws {
        let (entered, continuation) = AsyncStream<Void>.makeStream()
        let held = held
        group.addTask {
            try await database.write { _ in
                continuation.finish()
                held.wait()
            }
        }
        for await _ in entered {}
    }

    func lift() {
        held.signal()
    }
}
