import Foundation
import HTTPAPI
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Takes admin commands from the command line: JSON over HTTP on a socket that only the owner of the data directory can
/// reach.
struct AdminSocket {
    /// An import batch is the largest command.
    static let commandBytesMax = 64 << 20
    static let path = "/admin"

    /// - Returns: the service that listens until shutdown.
    static func service(_ admin: LocalAdmin, directory: DataDirectory, logger: Logger) throws -> some Service {
        // A socket file left by a process that was killed; the lock says that it is gone.
        if FileManager.default.fileExists(atPath: directory.adminSocket) {
            try FileManager.default.removeItem(atPath: directory.adminSocket)
        }
        let responder = CallbackResponder<ConnectionContext> { request, _ in
            try await respond(to: request, admin, logger)
        }
        return Application(
            responder: responder,
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: directory.adminSocket)),
            onServerRunning: { _ in chmod(directory.adminSocket, 0o600) }, logger: Logger.silent)
    }

    private static func respond(to request: Request, _ admin: LocalAdmin, _ logger: Logger) async throws -> Response {
        guard request.method == .post, request.uri.path == path else { return Response(status: .notFound) }
        let body = try await request.body.collect(upTo: commandBytesMax)
        let reply: AdminReply
        do {
            let command = try JSONDecoder().decode(AdminCommand.self, from: Data(body.readableBytesView))
            reply = try await admin.perform(command)
        } catch {
            logger.error("admin command failed", metadata: ["error": "\(error)"])
            reply = .failure("\(error)")
        }
        let answer = try JSONEncoder().encode(reply)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer)))
    }
}
