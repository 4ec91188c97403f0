import Accounts
import Core
import Synchronization
import Timelines
import TestSupport

/// What a store would hold of one viewer's authors, and the log of what happened to them.
final class StoreModel: Sendable {
    enum Event: Sendable {
        case post(author: Int, Int64)
        /// Many posts at once, which are not delivered one by one.
        case imported(author: Int, [Int64])
        case follow(Int)
        case unfollow(Int)
        case delete(Int64)
    }

    private struct State {
        var posts: [Int: Set<Int64>] = [:]
        var followed: Set<Int> = []
        var log: [Event] = []
    }

    private let state = Mutex(State())
    let entriesMax: Int

    init(entriesMax: Int) {
        self.entriesMax = entriesMax
    }

    var log: [Event] { state.withLock { $0.log } }
    var followed: Set<Int> { state.withLock { $0.followed } }

    func posts(of author: Int) -> Set<Int64> { state.withLock { $0.posts[author] ?? [] } }

    func commit(_ event: Event) {
        state.withLock { state in
            switch event {
            case .post(let author, let position): state.posts[author, default: []].insert(position)
            case .imported(let author, let positions): state.posts[author, default: []].formUnion(positions)
            case .follow(let author): state.followed.insert(author)
            case .unfollow(let author): state.followed.remove(author)
            case .delete(let position): for author in state.posts.keys { state.posts[author]?.remove(position) }
            }
            state.log.append(event)
        }
    }

    /// The timeline as a build would read it now.
    func snapshot() -> Timeline {
        let all = state.withLock { state in state.followed.flatMap { state.posts[$0] ?? [] } }.sorted(by: >)
        return Timeline(
            newestFirst: all.prefix(entriesMax).map { Position($0) }, isWhole: all.count <= entriesMax,
            entriesMax: entriesMax)
    }
}

/// One viewer's timeline among the others, and a store; every step is taken by hand.
struct TimelineStage {
    /// A place below which nothing may be missing would have been missed.
    struct Gap: Error {
        let missing: [Int64]
        let timeline: Timeline
    }

    static let viewer = ID<Account>(1)
    private static let backfillMax = 3

    let store: StoreModel
    let clock = TestClock()
    let timelines: HomeTimelines
    private(set) var handled = 0
    private var build: SteppedBuild?
    /// Builds that were begun again.
    private(set) var restarts = 0

    init(entriesMax: Int) {
        store = StoreModel(entriesMax: entriesMax)
        // One timeline in each part.
        timelines = HomeTimelines(timelinesMax: 1, clock: clock.wall)
    }

    var isWarm: Bool { timelines.timeline(of: Self.viewer) != nil }
    var isBuilding: Bool { build != nil }

    /// Does what fan-out does with the next event of the log.
    mutating func handleNext() {
        guard handled < store.log.count else { return }
        let event = store.log[handled]
        handled += 1
        switch event {
        case .post(let author, let position):
            guard store.followed.contains(author) else { return }
            _ = timelines.deliver(Position(position), to: [Self.viewer.rawValue][...])
        case .imported: timelines.dropAll()
        case .follow(let author):
            let newest = store.posts(of: author).sorted(by: >)
            let taken = newest.prefix(Self.backfillMax).map { Position($0) }
            let isWhole = newest.count <= Self.backfillMax
            timelines.backfill(taken, completeFrom: isWhole ? .lowest : taken.last ?? .lowest, to: Self.viewer)
        case .unfollow(let author):
            guard !store.followed.contains(author) else { return }
            timelines.remove(store.posts(of: author), from: Self.viewer)
        case .delete(let position): timelines.remove([position], from: Self.viewer)
        }
    }

    /// The viewer reads: where the timeline is not there, a build begins and stops before its snapshot.
    mutating func beginBuild() async {
        guard build == nil, !isWarm else { return }
        let build = SteppedBuild { [store] in store.snapshot() }
        self.build = build
        Task { [timelines] in
            try await timelines.ensure(Self.viewer) { await build.build() }
            await build.end()
        }
        _ = await build.next()
    }

    mutating func stepBuild() async {
        guard let build, await build.step() == .ended else { return }
        restarts += await build.beginnings - 1
        self.build = nil
    }

    /// Another's timeline takes the viewer's place in memory.
    func evict() async throws {
        guard let other = Self.neighbour else { return }
        timelines.drop(other)
        try await timelines.ensure(other) { Timeline(newestFirst: [], isWhole: true, entriesMax: 1) }
    }

    /// Someone whose timeline lies in the same part.
    private static let neighbour = (Int64(2)...).lazy
        .first { Bucket.mixed(UInt64($0)) % 64 == Bucket.mixed(UInt64(viewer.rawValue)) % 64 }
        .map { ID<Account>($0) }

    /// Nothing that is due at or above the floor is missing.
    func check() throws {
        guard let timeline = timelines.timeline(of: Self.viewer) else { return }
        let entries = Set(timeline.entries)
        let missing = due().filter { $0 >= timeline.floor.rawValue && !entries.contains($0) }
        let isSorted = zip(timeline.entries, timeline.entries.dropFirst()).allSatisfy { $0 < $1 }
        let isBounded = timeline.entries.count <= store.entriesMax + store.entriesMax / 16
        let isAboveFloor = timeline.entries.first.map { $0 >= timeline.floor.rawValue } ?? true
        guard missing.isEmpty, isSorted, isBounded, isAboveFloor else {
            throw Gap(missing: missing.sorted(), timeline: timeline)
        }
    }

    /// Posts whose event has been handled, by authors whose latest follow has been handled and who are followed now.
    private func due() -> Set<Int64> {
        let log = store.log
        var settled: Set<Int> = []
        var posts: [Int: Set<Int64>] = [:]
        for (index, event) in log.enumerated() {
            switch event {
            case .post(let author, let position) where index < handled: posts[author, default: []].insert(position)
            case .imported(let author, let new) where index < handled: posts[author, default: []].formUnion(new)
            case .follow(let author): if index < handled { settled.insert(author) } else { settled.remove(author) }
            default: break
            }
        }
        let standing = settled.intersection(store.followed)
        return standing.reduce(into: []) { $0.formUnion((posts[$1] ?? []).intersection(store.posts(of: $1))) }
    }
}
