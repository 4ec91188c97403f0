import NIOCore
import NIOSSL
import Synchronization

/// The certificate that a server shows, with its key: read from two PEM files, and again when they have changed.
package final class ServerCertificate: Sendable {
    /// What is wrong with the files, in a sentence.
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    private struct Files: Equatable {
        let certificate: [UInt8]
        let key: [UInt8]
    }

    private struct State {
        /// Those that were looked at last, usable or not.
        var files: Files
        var context: NIOSSLContext
    }

    private let certificateFile: PEMFile
    private let keyFile: PEMFile
    private let state: Mutex<State>

    /// - Parameters:
    ///   - certificate: the path of a PEM file with the certificate, then those that lead to its root.
    ///   - key: the path of a PEM file with the certificate's private key, without a passphrase.
    package init(certificate: String, key: String) throws(Unusable) {
        certificateFile = PEMFile(path: certificate)
        keyFile = PEMFile(path: key)
        let files = Files(certificate: try certificateFile.read(), key: try keyFile.read())
        let context = try Self.context(files, certificateFile, keyFile)
        state = Mutex(State(files: files, context: context))
    }

    /// What new connections are secured with.
    var context: NIOSSLContext {
        state.withLock { $0.context }
    }

    /// Shows what the files hold from now on, if that has changed since they were looked at last.
    /// - Returns: whether it has.
    /// - Throws: `Unusable`, once for each change; the certificate stays what it was.
    package func reloadIfChanged() throws(Unusable) -> Bool {
        let files = Files(certificate: try certificateFile.read(), key: try keyFile.read())
        let isChanged = state.withLock { state in
            defer { state.files = files }
            return state.files != files
        }
        guard isChanged else { return false }
        let context = try Self.context(files, certificateFile, keyFile)
        state.withLock { $0.context = context }
        return true
    }

    private static func context(
        _ files: Files, _ certificateFile: PEMFile, _ keyFile: PEMFile
    ) throws(Unusable) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMBytes(files.certificate) } catch {
            throw Unusable("\(certificateFile.path) holds no certificate in PEM form.")
        }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(bytes: files.key, format: .pem) } catch {
            throw Unusable("\(keyFile.path) holds no private key in PEM form without a passphrase.")
        }
        do { return try NIOSSLContext(configuration: configuration(chain, key)) } catch {
            throw Unusable(
                "The key in \(keyFile.path) does not belong to the first certificate in \(certificateFile.path).")
        }
    }

    private static func configuration(_ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        // Of TLS 1.2 only what HTTP/2 allows (RFC 9113, appendix A): forward secrecy and authenticated encryption.
        configuration.cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
        configuration.applicationProtocols = ["h2", "http/1.1"]
        configuration.shutdownTimeout = .seconds(1)
        return configuration
    }
}
