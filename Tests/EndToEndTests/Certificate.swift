import TestSupport

/// A certificate for 127.0.0.1, signed by its own key.
struct Certificate {
    let certificate: String
    let key: String

    var flags: [String] { ["--tls-cert", certificate, "--tls-key", key] }

    init(in folder: TemporaryFolder, name: String = "server") async throws {
        certificate = folder.file("\(name).pem")
        key = folder.file("\(name)-key.pem")
        let made = try await Tool.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        guard made.status == 0 else { throw Tool.Failure(description: "openssl: \(made.errors)") }
    }
}
