import TestSupport

/// Lets many do the same at once.
enum Race {
    /// - Returns: what came of each, in no order.
    static func run<T: Sendable>(
        _ runners: Int, _ body: @escaping @Sendable (Int) async throws -> T
    ) async -> [Result<T, any Error>] {
        await withTaskGroup(of: Result<T, any Error>.self) { group in
            for runner in 0..<runners {
                group.addTask {
                    do { return .success(try await body(runner)) } catch { return .failure(error) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}

extension [Result<Void, any Error>] {
    var winners: Int { count { (try? $0.get()) != nil } }

    var errors: [any Error] {
        compactMap {
            guard case .failure(let error) = $0 else { return nil }
            return error
        }
    }
}

extension [Result<Bool, any Error>] {
    var allowed: Int { count { (try? $0.get()) == true } }
}
