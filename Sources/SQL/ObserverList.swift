import Core
import Synchronization

/// The observers of a store's commits.
package final class ObserverList: Sendable {
    private let observers = Mutex<[any CommitObserver]>([])

    package init() {}

    package func append(_ observer: any CommitObserver) {
        observers.withLock { $0.append(observer) }
    }

    package func announce(_ changes: [Change]) {
        guard !changes.isEmpty else { return }
        for observer in observers.withLock({ $0 }) { observer.committed(changes) }
    }
}
