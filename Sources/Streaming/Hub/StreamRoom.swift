import Accounts
import Core

/// Who listens: accounts, their connections and backlogs, and whom they follow. Pure state; the hub holds it in a lock.
struct StreamRoom {
    let epoch: UInt64
    private let settings: StreamSettings
    var audiences: [Int64: Audience] = [:]
    var index = FollowIndex()
    private var sessions: [Int64: Int64] = [:]
    private var lastConnection: UInt64 = 0
    /// Numbers of accounts that are not kept any more lie at or below; so an old number is never taken for a new one.
    private var sequenceFloor: UInt64 = 0

    init(epoch: UInt64, settings: StreamSettings) {
        self.epoch = epoch
        self.settings = settings
    }

    var isEmpty: Bool { audiences.isEmpty }

    /// Makes sure that the account's events are gathered.
    /// - Returns: whether whom it follows has to be loaded and then given to `install`.
    mutating func admit(_ account: Int64, at now: Int64) -> Bool {
        if audiences[account] == nil {
            audiences[account] = Audience(account: account, after: sequenceFloor)
            audiences[account]?.leftAt = now
        }
        return audiences[account]?.relations == nil
    }

    /// Lets go of an account that has no connection.
    mutating func dismiss(_ account: Int64) {
        guard let audience = audiences[account], audience.connections.isEmpty else { return }
        for author in audience.indexed { index.remove(account, from: author) }
        sequenceFloor = max(sequenceFloor, audience.backlog.sequence)
        audiences[account] = nil
    }

    // MARK: - Connections

    /// Adds a connection and tells it what it missed.
    /// - Parameters:
    ///   - resume: the text that the client sent as the last id it knows.
    ///   - replay: what of the events in between may still be told.
    /// - Returns: the connection's number, and whether it resumed; nil where it asked for nothing.
    mutating func connect(
        _ principal: Principal, token: String, to outlet: any StreamOutlet, resume: String?, at now: Int64,
        replay: Replay
    ) -> (id: UInt64, resumed: Bool?) {
        let account = principal.accountID.rawValue
        _ = admit(account, at: now)
        lastConnection &+= 1
        let id = lastConnection
        sessions[principal.sessionID] = account
        audiences[account]?.connections.append(
            Audience.Connection(id: id, principal: principal, token: token, outlet: outlet))
        audiences[account]?.leftAt = nil
        let newest = StreamEventID(epoch: epoch, sequence: audiences[account]?.backlog.sequence ?? 0)
        guard let resume else {
            outlet.open(at: newest)
            return (id, nil)
        }
        guard let (last, missed) = missed(by: account, since: resume) else {
            outlet.open(at: newest)
            _ = outlet.send(.reset, newest)
            return (id, false)
        }
        outlet.open(at: last)
        var replay = replay
        for entry in missed {
            guard let event = replay.event(of: entry) else { continue }
            _ = outlet.send(event, StreamEventID(epoch: epoch, sequence: entry.sequence))
        }
        return (id, true)
    }

    /// What an account was told after the last that a client of it knows; nil where that is not known any more.
    func missed(by account: Int64, since resume: String) -> (last: StreamEventID, entries: [Backlog.Entry])? {
        guard let last = StreamEventID(resume), last.epoch == epoch,
            let entries = audiences[account]?.backlog.entries(after: last.sequence)
        else { return nil }
        return (last, entries)
    }

    /// - Returns: the connection's outlet, where it was still here.
    @discardableResult
    mutating func disconnect(_ id: UInt64, of account: Int64, at now: Int64) -> (any StreamOutlet)? {
        guard let place = audiences[account]?.connections.firstIndex(where: { $0.id == id }),
            let connection = audiences[account]?.connections.remove(at: place)
        else { return nil }
        let rest = audiences[account]?.connections ?? []
        let session = connection.principal.sessionID
        if !rest.contains(where: { $0.principal.sessionID == session }) { sessions[session] = nil }
        if rest.isEmpty {
            audiences[account]?.leftAt = now
            // As many accounts may be gone for a moment as may be here.
            if audiences.count > settings.connectionsMax * 2 { dismiss(account) }
        }
        return connection.outlet
    }

    /// The connections of a session.
    func connections(ofSession session: Int64) -> [Audience.Connection] {
        guard let account = sessions[session] else { return [] }
        return (audiences[account]?.connections ?? []).filter { $0.principal.sessionID == session }
    }

    var connections: [Audience.Connection] { audiences.values.flatMap(\.connections) }

    /// Those to whom any of these posts matters, with which of them.
    func watchers(of positions: Set<Int64>) -> [Int64: Set<Int64>] {
        guard !positions.isEmpty else { return [:] }
        return audiences.compactMapValues { audience in
            let watched = Set(audience.watched(of: positions))
            return watched.isEmpty ? nil : watched
        }
    }

    // MARK: - Events

    /// Gives an event its number, keeps it, and sends it to every connection of the account.
    /// - Returns: how many took it, and those that did not since they read too slowly.
    mutating func tell(_ event: StreamEvent, to account: Int64, at now: Int64) -> (
        sent: Int, slow: [Audience.Connection]
    ) {
        guard audiences[account] != nil,
            let sequence = audiences[account]?.backlog.append(event, at: now, max: settings.backlogEventsMax)
        else { return (0, []) }
        let id = StreamEventID(epoch: epoch, sequence: sequence)
        let connections = audiences[account]?.connections ?? []
        let slow = connections.filter { !$0.outlet.send(event, id) }
        return (connections.count - slow.count, slow)
    }

    /// Forgets what is older than the bound, and whom nobody waits for.
    mutating func expire(at now: Int64) {
        let oldest = now - settings.backlogAge.components.seconds * 1_000
        for account in Array(audiences.keys) {
            audiences[account]?.backlog.trim(before: oldest)
            if let leftAt = audiences[account]?.leftAt, leftAt < oldest { dismiss(account) }
        }
    }
}
