import NIOCore
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A service that listens at an address, and says in a sentence when it cannot.
struct ListeningService<Listener: Service>: Service {
    let listener: Listener
    let address: String
    /// The flags to choose another one with.
    let flags: String

    func run() async throws {
        do {
            try await listener.run()
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode)).lowercased()
            throw SettingsError("Cannot listen on \(address): \(reason). Choose another with \(flags).")
        } catch is SocketAddressError.UnknownHost {
            throw SettingsError("\(address) is no address to listen on. Choose another with \(flags).")
        }
    }
}
