#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ports of 127.0.0.1 for servers that do not tell which one they took.
package enum LoopbackPort {
    package struct NotFound: Error {}

    /// A port that was free a moment ago, below those that connections take by themselves: a server that is started again
    /// needs the same one.
    package static func free() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 10_000..<19_000)
            if isFree(port) { return port }
        }
        throw NotFound()
    }

    /// Whether nobody listens on the port just now.
    package static func isFree(_ port: Int) -> Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
