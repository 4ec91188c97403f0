import BlobStore
import Core
import HTTPTypes
import NIOCore

/// Answers over HTTP/1.1.
extension Responder {
    /// Answers a request, or turns its connection into a stream.
    /// - Returns: whether nothing more is to be done for the connection.
    func answer(_ request: ReceivedRequest, on connection: HTTP1Connection) async -> Bool {
        defer { withExtendedLifetime(request.share) {} }
        let channel = connection.channel
        var (answer, requestID) = await measuredAnswer(to: request.head, body: request.body, on: channel)
        let body = finish(&answer, to: request.head, requestID: requestID)
        answer.headers[.date] = dates.text
        let head = HTTPResponse(status: .init(code: answer.status), headerFields: answer.headers)
        do {
            if let use = answer.webSocket {
                await use.serve(try await .become(head, on: connection, for: use))
            } else if let stream = answer.stream {
                let outlet = ServerSentConnection(channel, isChunked: !request.isOld)
                try await connection.become(head, isChunked: !request.isOld) { [outlet] }
                // The head says 200 already; a client that finds the stream ended learns why when it asks again.
                do { try await stream.open(on: outlet, of: channel) } catch { outlet.finish() }
            } else if let download = answer.download, request.head.method != .head {
                try await connection.write(head, parts: download.chunks)
                return false
            } else {
                connection.write(head, body)
                return false
            }
        } catch {
            // Nothing can be said any more that the client would understand.
            channel.close(promise: nil)
        }
        return true
    }
}
