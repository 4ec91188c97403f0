/// Bytes that never change and are freed with their owner. Reading them counts no references, which an array would.
///
/// Unchecked: nothing writes to the memory once it is filled.
package struct FrozenBytes: ~Copyable, @unchecked Sendable {
    private let memory: UnsafeRawBufferPointer

    package init(_ bytes: [UInt8]) {
        memory = bytes.withUnsafeBytes(Self.copy)
    }

    package init(copying other: borrowing FrozenBytes) {
        memory = Self.copy(other.memory)
    }

    private static func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        memory.copyMemory(from: bytes)
        return UnsafeRawBufferPointer(memory)
    }

    deinit {
        memory.deallocate()
    }

    package var count: Int { memory.count }

    package borrowing func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(memory)
    }
}
