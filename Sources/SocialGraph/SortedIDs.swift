import Accounts
import Core

/// A compact, immutable set of account ids. Asking it counts no references, which an array would.
///
/// Unchecked: nothing writes to the memory once it is filled.
package struct SortedIDs: ~Copyable, @unchecked Sendable {
    private let memory: UnsafeBufferPointer<Int64>

    package init(_ values: [Int64] = []) {
        let memory = UnsafeMutableBufferPointer<Int64>.allocate(capacity: values.count)
        _ = memory.initialize(fromContentsOf: values.sorted())
        self.memory = UnsafeBufferPointer(memory)
    }

    deinit {
        memory.deallocate()
    }

    /// In ascending order.
    package var values: [Int64] { Array(memory) }
    package var count: Int { memory.count }
    package var isEmpty: Bool { memory.isEmpty }

    /// In ascending order, without a copy.
    package borrowing func forEach(_ body: (Int64) -> Void) {
        for value in memory { body(value) }
    }

    package borrowing func contains(_ id: ID<Account>) -> Bool {
        guard !memory.isEmpty else { return false }
        // Halving without a branch: the answer is unforeseeable, and a branch taken wrongly costs more than a step.
        var start = 0
        var count = memory.count
        while count > 1 {
            let half = count >> 1
            start = memory[start + half] <= id.rawValue ? start + half : start
            count -= half
        }
        return memory[start] == id.rawValue
    }
}
