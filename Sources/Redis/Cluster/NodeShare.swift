import NIOCore

/// The part of a batch that one node gets.
struct NodeShare: Sendable {
    let node: RedisNode
    private(set) var bytes: ByteBuffer
    /// One for each command in `bytes`.
    private(set) var routes: [CommandRoute]
    private var scriptsSent: Set<UInt32> = []

    init(node: RedisNode) {
        self.node = node
        bytes = ByteBuffer()
        routes = []
    }

    /// The whole batch, as it is.
    init(node: RedisNode, all batch: RedisBatch) {
        self.node = node
        bytes = batch.buffer
        routes = (0..<batch.count).map { CommandRoute(command: $0) }
    }

    mutating func add(_ route: CommandRoute, of batch: RedisBatch) {
        guard let command = route.command else { return }
        if route.isAsking {
            bytes.writeImmutableBuffer(Self.asking)
            routes.append(CommandRoute(command: nil))
        }
        let range = batch.range(of: command)
        let mark = batch.marks[command]
        batch.buffer.withUnsafeReadableBytes { source in
            let text = UnsafeRawBufferPointer(rebasing: source[range])
            // One copy of the source is enough: the commands behind it find the script there.
            if route.isWhole, mark.script != RedisBatch.noScript, scriptsSent.insert(mark.script).inserted {
                writeWhole(text, batch.scripts[Int(mark.script)])
            } else {
                bytes.writeBytes(text)
            }
        }
        routes.append(route)
    }

    /// `EVALSHA <hash> …` as `EVAL <source> …`.
    private mutating func writeWhole(_ command: UnsafeRawBufferPointer, _ script: RedisScript) {
        guard let headEnd = command.firstIndex(of: UInt8(ascii: "\n")).map({ $0 + 1 }) else { return }
        bytes.writeBytes(command[..<headEnd])
        "EVAL".withBulkBytes { bytes.writeBulk($0) }
        script.source.withBulkBytes { bytes.writeBulk($0) }
        let named = "$7\r\nEVALSHA\r\n$40\r\n".utf8.count + script.hash.utf8.count + 2
        bytes.writeBytes(command[(headEnd + named)...])
    }

    private static let asking = ByteBuffer(string: "*1\r\n$6\r\nASKING\r\n")
}

extension String {
    fileprivate func withBulkBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        var text = self
        text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
