import NIOCore
import Synchronization

/// What one connection has taken on and not answered yet, so that more than a bound is refused.
final class PendingGauge: Sendable {
    private let bytes = Atomic(0)
    private let commands = Atomic(0)
    private let bytesMax: Int
    private let commandsMax: Int

    init(bytesMax: Int, commandsMax: Int) {
        self.bytesMax = bytesMax
        self.commandsMax = commandsMax
    }

    /// - Returns: false if it would be too much; then nothing is counted.
    func add(_ outgoing: Outgoing) -> Bool {
        let size = outgoing.bytes.readableBytes
        let byteCount = bytes.add(size, ordering: .relaxed).newValue
        let commandCount = commands.add(outgoing.replyCount, ordering: .relaxed).newValue
        guard byteCount > bytesMax || commandCount > commandsMax else { return true }
        remove(bytes: size, commands: outgoing.replyCount)
        return false
    }

    func remove(bytes size: Int, commands count: Int) {
        bytes.subtract(size, ordering: .relaxed)
        commands.subtract(count, ordering: .relaxed)
    }
}
