import Accounts
import Core

/// A compact, immutable set of account ids.
package struct SortedIDs: Sendable, Hashable {
    package let values: [Int64]

    package init(_ values: [Int64] = []) {
        self.values = values.sorted()
    }

    package var count: Int { values.count }
    package var isEmpty: Bool { values.isEmpty }

    package func contains(_ id: ID<Account>) -> Bool {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) >> 1
            if values[middle] < id.rawValue { low = middle + 1 } else { high = middle }
        }
        return low < values.count && values[low] == id.rawValue
    }
}
