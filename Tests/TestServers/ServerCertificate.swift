import TestSupport

/// A certificate for 127.0.0.1 that signs itself, and its key, as files.
struct ServerCertificate: Sendable {
    struct Unmade: Error, CustomStringConvertible {
        let description = "openssl makes no certificate: apt-get install openssl"
    }

    let path: String
    let key: String

    init(_ name: String, in folder: TemporaryFolder) throws {
        path = folder.file(name + ".pem")
        key = folder.file(name + "-key.pem")
        let made = try Command.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", path,
        ])
        guard made == 0 else { throw Unmade() }
    }
}
