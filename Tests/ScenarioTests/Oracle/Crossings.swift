import Accounts
import Core
import Timelines

/// Counts how often authors crossed the pull threshold and the fast path answered, as a schedule without proves little.
struct Crossings {
    private(set) var up = 0
    private(set) var down = 0
    var warmPages = 0
    /// Deleted comments that kept their place, at all checkpoints together.
    var places = 0
    private var pulled: Set<ID<Account>> = []

    mutating func note(_ authors: PulledAuthors, _ ids: [ID<Account>]) {
        let now = Set(ids.filter { authors.mode(of: $0) == .pull })
        up += now.subtracting(pulled).count
        down += pulled.subtracting(now).count
        pulled = now
    }

    /// A new process knows no pulled authors yet, which is no crossing.
    mutating func restarted() {
        pulled = []
    }
}
