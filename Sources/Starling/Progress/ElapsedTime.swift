/// Tells that an operation without countable steps is still under way, and for how long: for checks and rebuilds that the
/// server does on its own.
enum ElapsedTime {
    private static let silence: Duration = .seconds(2)

    /// Runs `body`, and from two seconds on says every two that it goes on.
    static func shown<Result: Sendable>(
        _ title: String, output: ProgressOutput = .standardError, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { tasks in
            tasks.addTask {
                let start = ContinuousClock.now
                while true {
                    do { try await Task.sleep(for: silence) } catch { return nil }
                    output.write("\(title): \(start.duration(to: .now).components.seconds) s\n")
                }
            }
            tasks.addTask { try await body() }
            defer { tasks.cancelAll() }
            while let finished = try await tasks.next() {
                if let result = finished { return result }
            }
            throw CancellationError()
        }
    }
}
