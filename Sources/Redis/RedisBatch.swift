import NIOCore

/// Commands that are sent together and answered together.
///
/// In a cluster each command goes to the node of its key: commands of one key run in the order they were added (but for
/// a script its node did not know), those of different keys in any. A command whose keys are in different slots is
/// refused by the cluster. Blocking commands, `MULTI` and `SUBSCRIBE` do not belong on a shared connection.
package struct RedisBatch: Sendable {
    /// Where one command is in the buffer.
    struct Mark: Sendable {
        let start: UInt32
        /// Its key; empty if it has none and goes to any node.
        let keyStart: UInt32
        let keyCount: UInt32
        /// The script's place in `scripts`, or `noScript`.
        let script: UInt32
    }

    static let noScript = UInt32.max

    var arguments = RedisArguments()
    private(set) var marks: ContiguousArray<Mark> = []
    private(set) var scripts: [RedisScript] = []
    /// How long it may take; the client's setting when nil.
    package var deadline: Duration?
    /// If some nodes fail and others answer: whether the commands of the former read as errors in the replies.
    /// By default the batch fails as a whole.
    package var acceptsPartialReplies = false

    /// - Parameter capacity: bytes that it will take, if known.
    package init(capacity: Int = 0) {
        if capacity > 0 { arguments.buffer.reserveCapacity(capacity) }
    }

    package var count: Int { marks.count }
    package var isEmpty: Bool { marks.isEmpty }
    /// Bytes to be sent.
    package var byteCount: Int { arguments.buffer.readableBytes }

    var buffer: ByteBuffer { arguments.buffer }

    func range(of index: Int) -> Range<Int> {
        let end = index + 1 < marks.count ? Int(marks[index + 1].start) : buffer.writerIndex
        return Int(marks[index].start)..<end
    }

    func key(of mark: Mark) -> Range<Int>? {
        mark.keyCount > 0 ? Int(mark.keyStart)..<Int(mark.keyStart) + Int(mark.keyCount) : nil
    }

    /// Begins a command of so many words, of which this is the first.
    @usableFromInline
    mutating func begin(_ name: StaticString, count: Int) -> Int {
        let start = arguments.buffer.writerIndex
        arguments.buffer.writeArrayHead(count)
        name.withUTF8Buffer { arguments.add(bytes: UnsafeRawBufferPointer($0)) }
        return start
    }

    /// Begins a command whose head is written by `end`.
    mutating func beginUncounted(_ name: StaticString) -> Int {
        arguments.forgetCount()
        let start = arguments.buffer.writerIndex
        name.withUTF8Buffer { arguments.add(bytes: UnsafeRawBufferPointer($0)) }
        return start
    }

    mutating func endUncounted(_ start: Int, key: Range<Int>, script: RedisScript? = nil) {
        let shift = arguments.buffer.insertArrayHead(arguments.count, at: start)
        mark(start, key: key.isEmpty ? key : key.lowerBound + shift..<key.upperBound + shift, script: script)
    }

    @usableFromInline
    mutating func add(_ argument: some RedisArgument) -> Range<Int> {
        arguments.add(argument)
        return arguments.latest
    }

    // What exceeds 32 bits is never sent: the bounds on a connection are far below.
    @usableFromInline
    mutating func mark(_ start: Int, key: Range<Int>, script: RedisScript? = nil) {
        var place = Self.noScript
        if let script {
            let known = scripts.firstIndex(of: script)
            if known == nil { scripts.append(script) }
            place = UInt32(truncatingIfNeeded: known ?? scripts.count - 1)
        }
        marks.append(
            Mark(
                start: UInt32(truncatingIfNeeded: start), keyStart: UInt32(truncatingIfNeeded: key.lowerBound),
                keyCount: UInt32(truncatingIfNeeded: key.count), script: place))
    }
}
