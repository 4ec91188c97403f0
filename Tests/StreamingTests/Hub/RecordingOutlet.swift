import Streaming
import Synchronization

/// Keeps what it is told, and takes no more than so much.
final class RecordingOutlet: StreamOutlet {
    private struct State {
        var lines: [String] = []
        var capacity: Int
    }

    private let state: Mutex<State>

    init(capacity: Int = .max) {
        state = Mutex(State(capacity: capacity))
    }

    /// What was told, such as `post.new 3`, with the numbers of the ids.
    var lines: [String] { state.withLock { $0.lines } }

    func open(at id: StreamEventID) { add("open \(id.sequence)") }

    func send(_ event: StreamEvent, _ id: StreamEventID) -> Bool {
        state.withLock { state in
            guard state.capacity > 0 else { return false }
            state.capacity -= 1
            state.lines.append("\(event.name) \(id.sequence)")
            return true
        }
    }

    func beat() -> Bool { state.withLock { $0.capacity > 0 } }
    func end(_ reason: StreamEnd) { add("end \(reason.rawValue)") }

    private func add(_ line: String) { state.withLock { $0.lines.append(line) } }
}
