/// Bounds the time of a piece of work, whatever it waits for.
enum Deadline {
    /// - Throws: `deadlineExceeded`, having cancelled `body`.
    static func run<Result: Sendable>(
        _ time: Duration, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask(operation: body)
            group.addTask {
                try await Task.sleep(for: time)
                throw BlobStoreError(.deadlineExceeded, "the media store did not answer in time")
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }
}
