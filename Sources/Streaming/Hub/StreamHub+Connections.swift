import Accounts
import Core
import Metrics
import Posts
import SocialGraph
import Synchronization
import Timelines

/// The right to one stream, given back when nobody holds it any more.
package final class StreamPlace: Sendable {
    private let hub: StreamHub
    private let account: Int64

    fileprivate init(_ hub: StreamHub, _ account: Int64) {
        self.hub = hub
        self.account = account
    }

    deinit {
        hub.giveBack(account)
    }
}

/// A stream that is open, for its end.
package struct OpenStream: Sendable {
    fileprivate let id: UInt64
    fileprivate let account: Int64
}

extension StreamHub {
    /// Takes a place for one stream of this account.
    package func reserve(for account: ID<Account>) throws(StreamRefusal) -> StreamPlace {
        let refusal: StreamRefusal? = places.withLock { places in
            guard !places.isClosed, places.total < settings.connectionsMax else { return .full }
            let count = places.byAccount[account.rawValue] ?? 0
            guard count < settings.connectionsPerAccountMax else { return .accountFull }
            places.byAccount[account.rawValue] = count + 1
            places.total += 1
            return nil
        }
        switch refusal {
        case nil: return StreamPlace(self, account.rawValue)
        case .full: metrics.refusedServer.increment()
        case .accountFull: metrics.refusedAccount.increment()
        }
        throw refusal ?? .full
    }

    fileprivate func giveBack(_ account: Int64) {
        let leaving = places.withLock { places in
            places.total -= 1
            let rest = (places.byAccount[account] ?? 1) - 1
            places.byAccount[account] = rest > 0 ? rest : nil
            return places.isClosed && places.total == 0 ? places.leaving.take() : nil
        }
        leaving?.resume()
    }

    /// Connects an outlet, and tells it what it missed since `resume`, the last id it knows.
    /// - Throws: `AccountsError.unauthenticated` where the token ended meanwhile, or `SQLError`.
    package func open(
        _ outlet: any StreamOutlet, principal: Principal, token: String, resume: String?
    ) async throws -> OpenStream {
        listen()
        let account = principal.accountID
        // In this order: what changes while the relations are loaded comes on top of them.
        if room.withLock({ $0.admit(account.rawValue, at: clock.now()) }) {
            try await loadFollows(of: account.rawValue)
        }
        let replay = try await replay(to: account, since: resume)
        let first = try await feed.page(of: account, before: .highest, limit: settings.firstPageSize)
        let now = clock.now()
        let (id, resumed) = room.withLock { room in
            let opened = room.connect(
                principal, token: token, to: outlet, resume: resume, at: now, replay: replay)
            for shown in first.posts.reversed() {
                room.audiences[account.rawValue]?
                    .watch(shown.card.post.position.rawValue, max: settings.postsFollowedMax)
            }
            return opened
        }
        if let resumed { (resumed ? metrics.resumed : metrics.reset).increment() }
        metrics.connections.record(places.withLock { $0.total })
        let stream = OpenStream(id: id, account: account.rawValue)
        // What ended the session before the connection was in the room ended no stream.
        do { _ = try await authenticator.authenticate(token) } catch {
            close(stream)
            throw error
        }
        if places.withLock({ $0.isClosed }) { outlet.end(.stopping) }
        return stream
    }

    /// Forgets a stream that has ended.
    package func close(_ stream: OpenStream) {
        let now = clock.now()
        room.withLock { _ = $0.disconnect(stream.id, of: stream.account, at: now) }
        metrics.connections.record(places.withLock { $0.total })
    }

    /// Ends a stream from this side.
    func end(_ connection: Audience.Connection, _ reason: StreamEnd) {
        let now = clock.now()
        let outlet = room.withLock {
            $0.disconnect(connection.id, of: connection.principal.accountID.rawValue, at: now)
        }
        guard let outlet else { return }
        metrics.ended(reason)
        outlet.end(reason)
    }

    func loadFollows(of account: Int64) async throws {
        let loaded = try await relations.relations(of: ID(account))
        room.withLock { $0.install(loaded, of: account) }
    }

    /// Gives an event to an account's connections, and cuts off those that do not keep up.
    func tell(_ event: StreamEvent, to accounts: some Collection<Int64>, watching position: Int64? = nil) {
        let now = clock.now()
        var sent = 0
        var slow: [Audience.Connection] = []
        room.withLock { room in
            for account in accounts {
                let outcome = room.tell(event, to: account, at: now)
                sent += outcome.sent
                slow += outcome.slow
                if let position { room.audiences[account]?.watch(position, max: settings.postsFollowedMax) }
            }
        }
        metrics.sent(event, sent)
        for connection in slow { end(connection, .slowReader) }
    }

    /// Tells of the end of a post to those to whom it matters. Of a post that someone was never told of, its end is no
    /// news, and perhaps none of their business.
    func tellEnd(of post: ID<Post>, at position: Int64, to accounts: some Collection<Int64>) {
        let now = clock.now()
        let event = StreamEvent.postDeleted(post)
        var sent = 0
        var slow: [Audience.Connection] = []
        room.withLock { room in
            for account in accounts where room.audiences[account]?.unwatch(position) == true {
                let outcome = room.tell(event, to: account, at: now)
                sent += outcome.sent
                slow += outcome.slow
            }
        }
        metrics.sent(event, sent)
        for connection in slow { end(connection, .slowReader) }
    }
}
