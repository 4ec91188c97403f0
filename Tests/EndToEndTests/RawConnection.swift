import Foundation
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A socket to a server, for sending what no client would.
final class RawConnection: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What came in.
    struct Received: Sendable {
        var bytes: [UInt8] = []
        var isClosed = false

        var text: String { String(decoding: bytes, as: UTF8.self) }
        var responses: [RawResponse] { RawResponse.all(in: bytes) }
    }

    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(Self.stream), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard result == 0 else {
            close(descriptor)
            throw Failure(description: "connect: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(descriptor)
    }

    #if canImport(Glibc)
        private static let stream = SOCK_STREAM.rawValue
        private static let noWait = Int32(MSG_DONTWAIT)
        private static let flags = noWait | Int32(MSG_NOSIGNAL)
    #else
        private static let stream = SOCK_STREAM
        private static let noWait = MSG_DONTWAIT
        private static let flags = noWait
    #endif

    /// Sends as long as the peer takes it.
    /// - Returns: whether everything was sent within the time.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>, within limit: Duration = .seconds(5)) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        var rest = ArraySlice(Array(bytes))
        while !rest.isEmpty, ContinuousClock.now < deadline {
            let count = rest.withUnsafeBytes { write($0) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                try await Task.sleep(for: .milliseconds(2))
            } else {
                return false
            }
        }
        return rest.isEmpty
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Self.flags)
        #else
            Darwin.send(descriptor, bytes.baseAddress, bytes.count, Self.flags)
        #endif
    }

    @discardableResult
    func send(_ text: String) async throws -> Bool {
        try await send(text.utf8)
    }

    /// Sends no more, but goes on receiving.
    func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Receives until the peer closes, the time is over, or `isEnough`.
    func receive(
        within limit: Duration = .seconds(5), until isEnough: (Received) -> Bool = { _ in false }
    ) async throws -> Received {
        let deadline = ContinuousClock.now + limit
        var received = Received()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while ContinuousClock.now < deadline, !isEnough(received) {
            let count = recv(descriptor, &buffer, buffer.count, Self.noWait)
            if count > 0 {
                received.bytes += buffer[..<count]
            } else if count < 0, errno == EAGAIN {
                try await Task.sleep(for: .milliseconds(2))
            } else {
                // An end, or a reset: either way nothing more will come.
                received.isClosed = true
                return received
            }
        }
        return received
    }

    /// Receives this many responses.
    func responses(_ count: Int, within limit: Duration = .seconds(5)) async throws -> [RawResponse] {
        try await receive(within: limit) { $0.responses.count >= count }.responses
    }
}
