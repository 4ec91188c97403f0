import NIOCore

/// What can stand in a command.
package protocol RedisArgument {
    func write(to arguments: inout RedisArguments)
}

/// The arguments of a command while it is being written.
package struct RedisArguments: Sendable {
    var buffer = ByteBuffer()
    private(set) var count = 0
    /// Where the bytes of the latest argument are, without their head and line end.
    private(set) var latest = 0..<0

    mutating func forgetCount() {
        count = 0
    }

    package mutating func add(_ argument: some RedisArgument) {
        argument.write(to: &self)
    }

    package mutating func add(bytes: UnsafeRawBufferPointer) {
        buffer.writeBulk(bytes)
        close(bytes.count)
    }

    package mutating func add(_ number: Int64) {
        let start = buffer.writerIndex
        buffer.writeBulk(number)
        // One digit of length up to nine bytes of number, two above.
        let size = buffer.writerIndex - start - 6
        close(size > 9 ? size - 1 : size)
    }

    private mutating func close(_ size: Int) {
        count += 1
        let end = buffer.writerIndex - 2
        latest = end - size..<end
    }
}

extension String: RedisArgument {
    package func write(to arguments: inout RedisArguments) {
        var text = self
        text.withUTF8 { arguments.add(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension Int64: RedisArgument {
    package func write(to arguments: inout RedisArguments) { arguments.add(self) }
}

extension Int: RedisArgument {
    package func write(to arguments: inout RedisArguments) { arguments.add(Int64(self)) }
}

/// The shortest text that reads back as the same number; not a number is an error of the server's.
extension Double: RedisArgument {
    package func write(to arguments: inout RedisArguments) { description.write(to: &arguments) }
}

extension [UInt8]: RedisArgument {
    package func write(to arguments: inout RedisArguments) { withUnsafeBytes { arguments.add(bytes: $0) } }
}

extension ByteBuffer: RedisArgument {
    package func write(to arguments: inout RedisArguments) { withUnsafeReadableBytes { arguments.add(bytes: $0) } }
}
