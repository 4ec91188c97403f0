import NIOCore

/// One keep-alive connection, for one request at a time.
package struct HTTPConnection: Sendable {
    private let channel: any Channel
    private let hostHeader: String

    init(channel: any Channel, hostHeader: String) {
        self.channel = channel
        self.hostHeader = hostHeader
    }

    /// Whether another request can be sent: false once either side has closed.
    package var isOpen: Bool { channel.isActive }

    /// Sends one request and waits for the whole response. After any error but `busy` the connection is closed,
    /// because what arrives next on it could not be told apart from the response given up.
    /// - Throws: `HTTPClientError`, or `CancellationError` when the task is cancelled.
    package func send(
        _ request: HTTPClientRequest, timeout: Duration = .seconds(30)
    ) async throws -> HTTPClientResponse {
        let response = channel.eventLoop.makePromise(of: HTTPClientResponse.self)
        let exchange = Exchange(request: request, hostHeader: hostHeader, timeout: timeout, response: response)
        return try await withTaskCancellationHandler {
            channel.writeAndFlush(exchange).cascadeFailure(to: response)
            do {
                return try await response.futureResult.get()
            } catch let error as HTTPClientError where error.code == .busy {
                throw error
            } catch {
                await close()
                try Task.checkCancellation()
                throw (error as? HTTPClientError) ?? HTTPClientError(writeFailure: error)
            }
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    /// Closes the connection; a request in flight fails with `connectionClosed`. Closing twice is harmless.
    package func close() async {
        channel.close(promise: nil)
        // The close future only ever succeeds.
        try? await channel.closeFuture.get()
    }
}
