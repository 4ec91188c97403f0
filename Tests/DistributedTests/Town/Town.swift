import HTTPClient
import Synchronization
import TestSupport

/// People who use a cluster, and what they were told.
final class Town: Sendable {
    struct Person: Sendable {
        let number: Int
        let name: String
        let id: String
        let token: String
    }

    /// What a scenario's outage excuses.
    struct Excuses: OptionSet, Sendable {
        let rawValue: Int

        /// Connections are cut, or refused.
        static let lostConnections = Excuses(rawValue: 1)
        /// 503 with `Retry-After`.
        static let unavailability = Excuses(rawValue: 2)
        /// Through a balancer: 502, or a connection that is closed, for a request that was in flight.
        static let cutRequests = Excuses(rawValue: 4)
    }

    let people: [Person]
    let ports: [Int]
    /// Whether there is one port, with any of the apis behind it.
    let isBalanced: Bool
    let excuses: Excuses
    let findings = Findings()
    private let ledger = Mutex(Ledger())
    /// Those that a request is under way about: one at a time, so that the order of effects is known.
    private let busy = Mutex<Set<Ledger.Pair>>([])
    private let isOver = Atomic<Bool>(false)

    /// - Parameter balancer: a port that stands for all apis.
    init(
        _ count: Int = 8, in cluster: Cluster, balancer: Int? = nil, excusing excuses: Excuses = []
    ) async throws {
        let names = (0..<count).map { "person\($0)" }
        var ids: [String] = []
        for name in names {
            let text = try await cluster.command(["user", "create", name])
            ids.append(text.firstMatch(of: /with id ([0-9]+)\./).map { String($0.1) } ?? "")
        }
        let lines = try await cluster.command(["user", "token", "--names"] + names).split(separator: "\n")
        let tokens = Dictionary(
            uniqueKeysWithValues:
                lines.map { $0.split(separator: " ").map(String.init) }.filter { $0.count == 2 }.map { ($0[0], $0[1]) })
        people = names.indices.map {
            Person(number: $0, name: names[$0], id: ids[$0], token: tokens[names[$0]] ?? "")
        }
        ports = balancer.map { [$0] } ?? cluster.apiPorts
        isBalanced = balancer != nil
        self.excuses = excuses
    }

    /// What was acknowledged by now.
    var acknowledged: Ledger { ledger.withLock { $0 } }

    func note(_ acknowledgement: (inout Ledger) -> Void) { ledger.withLock { acknowledgement(&$0) } }

    /// Whether people go on.
    var isLively: Bool { !isOver.load(ordering: .acquiring) }

    /// Lets everybody finish what they do.
    func close() { isOver.store(true, ordering: .releasing) }

    /// - Returns: false where another request about the two is under way.
    func take(_ pair: Ledger.Pair) -> Bool {
        busy.withLock { !$0.contains(pair.reversed) && $0.insert(pair).inserted }
    }

    func give(_ pair: Ledger.Pair) { busy.withLock { _ = $0.remove(pair) } }

    func person(_ id: String) -> Int? { people.firstIndex { $0.id == id } }

    /// Judges an answer that is not the one that was hoped for.
    func judge(_ answer: HTTPClientResponse, to what: String) {
        switch answer.status {
        case 503 where answer.header("Retry-After") != nil && excuses.contains(.unavailability):
            findings.count("503")
        case 502 where excuses.contains(.cutRequests):
            findings.count("cut")
        case 500...:
            findings.wrong("\(what) was answered \(answer.status), \(answer.text.prefix(200))")
        default:
            findings.count("refused")
            findings.wrong("\(what) was answered \(answer.status), \(answer.text.prefix(200))")
        }
    }

    func judge(_ error: HTTPClientError, of what: String) {
        findings.count(excuses.contains(.cutRequests) && error.code != .connectFailed ? "cut" : "no answer")
        if excuses.contains(.cutRequests), error.code == .connectionClosed { return }
        guard !excuses.contains(.lostConnections) else { return }
        findings.wrong("\(what): \(error)")
    }
}
