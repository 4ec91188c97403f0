import Dispatch

/// The one connection that writes, on its own queue.
///
/// Only that queue touches the connection, which is why this may be sent.
final class SQLiteWriter: @unchecked Sendable {
    private let queue = DispatchQueue(label: "starling.sqlite.writer")
    private var connection: SQLiteConnection?

    init(_ connection: SQLiteConnection) {
        self.connection = connection
    }

    /// Runs `body` after all that was asked before; does nothing once closed.
    func async(_ body: @escaping @Sendable (SQLiteConnection) -> Void) {
        queue.async { [self] in
            if let connection { body(connection) }
        }
    }

    /// - Throws: `SQLError.unavailable` once closed, and what `body` throws.
    func run<T: Sendable>(_ body: @escaping @Sendable (SQLiteConnection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                guard let connection else {
                    return continuation.resume(throwing: SQLError(.unavailable, "the store is closed"))
                }
                continuation.resume(with: Result { try body(connection) })
            }
        }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                connection = nil
                continuation.resume()
            }
        }
    }
}
