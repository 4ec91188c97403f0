import Foundation
import TestSupport
import Testing

@testable import HTTPAPI

@Suite("The server's certificate") struct ServerCertificateTests {
    @Test("a renewed certificate is shown without a restart, once both files have changed")
    func renewal() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.appending(path: "cert.pem"), folder.appending(path: "key.pem"))
        let (newCertificate, newKey) = (folder.appending(path: "new.pem"), folder.appending(path: "new-key.pem"))
        try make(certificate, key)
        try make(newCertificate, newKey)

        let shown = try ServerCertificate(certificate: certificate.path, key: key.path)
        let first = shown.context
        #expect(try !shown.reloadIfChanged())
        #expect(shown.context === first)

        try Data(contentsOf: newCertificate).write(to: certificate)
        // Half of the change is no change, and is told once.
        #expect(throws: ServerCertificate.Unusable.self) { try shown.reloadIfChanged() }
        #expect(try !shown.reloadIfChanged())
        #expect(shown.context === first)

        try Data(contentsOf: newKey).write(to: key)
        #expect(try shown.reloadIfChanged())
        #expect(shown.context !== first)

        let second = shown.context
        try FileManager.default.removeItem(at: key)
        #expect(throws: ServerCertificate.Unusable.self) { try shown.reloadIfChanged() }
        #expect(shown.context === second)
    }

    private func make(_ certificate: URL, _ key: URL) throws {
        let status = try Command.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=localhost", "-keyout", key.path, "-out", certificate.path,
        ])
        try #require(status == 0, "openssl has to be installed")
    }
}
