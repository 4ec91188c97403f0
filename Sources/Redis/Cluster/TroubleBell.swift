import Synchronization

/// Lets nodes, which are made before the topology is, tell it that something changed.
final class TroubleBell: Sendable {
    private struct Listener {
        weak var topology: Topology?
    }

    private let listener = Mutex(Listener())

    func attach(_ topology: Topology) {
        listener.withLock { $0.topology = topology }
    }

    func ring() {
        listener.withLock(\.topology)?.refreshSoon()
    }
}
