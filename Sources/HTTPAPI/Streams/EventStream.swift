import Accounts
import NIOCore
import Streaming

/// A body that goes on for as long as its connection lives: server-sent events.
package struct EventStream: Sendable {
    private let hub: StreamHub
    /// Held by whoever holds this.
    private let place: StreamPlace
    private let principal: Principal
    private let token: String
    /// The `Last-Event-ID` of the request.
    private let resume: String?

    init(hub: StreamHub, place: StreamPlace, principal: Principal, token: String, resume: String?) {
        self.hub = hub
        self.place = place
        self.principal = principal
        self.token = token
        self.resume = resume
    }

    /// Connects an outlet for as long as its channel is open.
    func open(on outlet: some StreamOutlet, of channel: any Channel) async throws {
        let stream = try await hub.open(outlet, principal: principal, token: token, resume: resume)
        channel.closeFuture.whenComplete { [hub, place] _ in
            hub.close(stream)
            withExtendedLifetime(place) {}
        }
    }

    /// Connects an outlet until `ended` returns.
    package func run(on outlet: some StreamOutlet, until ended: @Sendable () async -> Void) async throws {
        let stream = try await hub.open(outlet, principal: principal, token: token, resume: resume)
        await ended()
        hub.close(stream)
    }
}
