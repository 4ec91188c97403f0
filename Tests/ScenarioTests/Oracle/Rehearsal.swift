import Core
import HTTPAPI
import TestSupport
import Timelines

@testable import Starling

/// Runs one schedule against the server and the model and compares them on the way.
struct Rehearsal {
    struct Plan: Sendable, CustomStringConvertible {
        var seed: Int
        var operations: Int
        var users = 56
        var pullThreshold = 12
        var homeEntriesMax = 40
        var userEntriesMax = 24
        var backfillEntriesMax = 8
        /// Over 64 parts: 64 are one each, so that those who share a part evict one another.
        var homeTimelinesMax = 192
        var checkpointEvery = 500

        var description: String { "seed \(seed), \(operations) operations, \(homeEntriesMax) entries" }
    }

    private static let pageSizes = [100, 20, 3, 1]

    let plan: Plan
    private let world: World
    private var performer: Performer
    private var model = Model()
    private var schedule: Schedule
    private var journal = Journal()
    private var bookmarks = Bookmarks()
    private var moment = 0
    private var caughtUp = 0
    private var bulkImports = 0
    /// How often each user lifted or changed the mute of a word, or let those on an exclusive list back into the home feed.
    private var unmutings: [Int: Int] = [:]
    private var crossings = Crossings()
    private let warm = WarmPages()

    init(_ plan: Plan) async throws {
        var settings = ServerSettings()
        settings.pullThreshold = plan.pullThreshold
        settings.homeTimelinesMax = plan.homeTimelinesMax
        settings.timelineBounds = TimelineBounds(
            homeEntriesMax: plan.homeEntriesMax, userEntriesMax: plan.userEntriesMax,
            backfillEntriesMax: plan.backfillEntriesMax)
        self.plan = plan
        world = try await World(settings: settings)
        performer = Performer(world: world)
        schedule = Schedule(seed: plan.seed)
    }

    /// - Returns: how often the pull threshold was crossed, and the fast path answered.
    /// - Throws: `Failure` for the first difference.
    mutating func run() async throws -> Crossings {
        do {
            for _ in 0..<plan.users { try await take(.register) }
            for _ in 0..<(plan.users * 5) { try await take(schedule.acquaintance(model)) }
            while moment < plan.operations {
                try await take(schedule.next(model, now: world.clock.now))
                world.clock.step(Int64(schedule.number(2_000)))
                if moment % plan.checkpointEvery == 0 { try await checkpoint() }
            }
            try await checkpoint(isLast: true)
            try await world.close()
            crossings.warmPages = warm.count
            return crossings
        } catch let mismatch as Mismatch {
            throw failure(mismatch)
        }
    }

    private mutating func take(_ operation: Operation) async throws {
        moment += 1
        let expected = model.expectation(of: operation)
        let outcome = try await performer.perform(operation, at: moment)
        guard outcome.isLike(expected) else {
            throw Mismatch(what: "\(operation) came to \(outcome), not \(expected)", viewer: operation.users.first)
        }
        if model.isBulk(operation) { bulkImports += 1 }
        if let user = model.whoUnmutes(operation) ?? model.whoOpensList(operation) { unmutings[user, default: 0] += 1 }
        model.apply(operation, outcome, at: moment)
        journal.note(operation, outcome, at: moment)
        switch operation {
        case .drainFanOut:
            caughtUp = moment
            crossings.note(world.pulled, performer.ids)
        case .restart:
            // Timelines in memory are built anew; those in Redis stay as they were.
            if !Composition.current.keepsTimelines { caughtUp = moment }
            crossings.restarted()
        case .read(let viewer, let limit, let pages):
            try await inspection.checkAnytime(viewer, limit: limit, pages: pages, caughtUp: caughtUp)
            try await inspection.checkListFeeds(of: viewer, pageSize: 100, isCaughtUp: false)
        default: break
        }
    }

    /// How often a user had to load the feed anew.
    private func reloads(of user: Int) -> Int { bulkImports + unmutings[user, default: 0] }

    private var inspection: Inspection { Inspection(world: world, ids: performer.ids, model: model, warm: warm) }

    /// Lets every consumer catch up; then all feeds must be what the rules say.
    private mutating func checkpoint(isLast: Bool = false) async throws {
        try await world.settle()
        model.eraseDeleted(at: moment)
        caughtUp = moment
        crossings.note(world.pulled, performer.ids)
        let viewers = model.users.indices.filter { model.isActive($0) }
        for viewer in viewers {
            try await bookmarks.check(
                viewer, pageSize: 1 + schedule.number(30), reloads: reloads(of: viewer), inspection)
        }
        for (index, viewer) in viewers.enumerated() {
            for size in sizes(index, isLast) { try await inspection.checkHome(of: viewer, pageSize: size, "warm") }
        }
        try await checkLists(viewers)
        for viewer in viewers {
            let size = Self.pageSizes[schedule.number(3)]
            try await inspection.checkListFeeds(of: viewer, pageSize: size, isCaughtUp: true)
        }
        try world.dropTimelines()
        for (index, viewer) in viewers.enumerated() {
            let size = sizes(index + 1, isLast)[0]
            try await inspection.checkHome(of: viewer, pageSize: size, "cold")
        }
        for viewer in viewers where schedule.number(3) > 0 {
            try await bookmarks.set(viewer, reloads: reloads(of: viewer), at: moment, inspection)
        }
    }

    /// Small pages take long to reach the end, so each checkpoint gives them to other viewers, and the last to all.
    private func sizes(_ index: Int, _ isLast: Bool) -> [Int] {
        if isLast { return Self.pageSizes }
        switch (index + moment / plan.checkpointEvery) % 28 {
        case 0: return [1]
        case 1, 2, 3: return [3]
        case 4...12: return [20]
        default: return [100]
        }
    }

    private mutating func checkLists(_ viewers: [Int]) async throws {
        for author in model.users.indices {
            try await inspection.checkCounters(of: author)
            for viewer in [nil, author, schedule.pick(viewers), schedule.pick(viewers)] {
                try await inspection.checkList(
                    of: author, for: viewer, pageSize: Self.pageSizes[schedule.number(3)],
                    replies: schedule.number(2) == 0)
            }
        }
        for _ in 0..<200 {
            guard let author = schedule.pick(Array(model.users.indices)),
                let post = schedule.pick(model.written[author]).flatMap({ model.posts[$0] })
            else { continue }
            let viewer = schedule.number(8) == 0 ? nil : schedule.pick(viewers)
            try await inspection.checkPost(post, for: viewer)
            try await inspection.checkComments(on: post, for: viewer, pageSize: 1 + schedule.number(4))
        }
        try await checkPlaces(viewers)
    }

    /// Lists that hold the place of a deleted comment, which are few, and those below it.
    private mutating func checkPlaces(_ viewers: [Int]) async throws {
        // Draws of its own: those of the schedule stay what they are.
        var dice = Schedule(seed: plan.seed &+ moment)
        let places = model.posts.values.filter { model.keepsPlace($0) }.sorted { $0.id < $1.id }
        crossings.places += places.count
        for _ in 0..<min(20, places.count) {
            guard let place = dice.pick(places), let above = place.replyTo.flatMap({ model.posts[$0] }) else {
                continue
            }
            let viewer = dice.number(8) == 0 ? nil : dice.pick(viewers)
            for post in [above, place] {
                try await inspection.checkComments(on: post, for: viewer, pageSize: 1 + dice.number(4))
            }
        }
    }

    private func failure(_ mismatch: Mismatch) -> Failure {
        let differing = mismatch.missing.union(mismatch.surplus)
        let posts = differing.compactMap { model.posts[$0] }.sorted { $0.position > $1.position }
        return Failure(
            plan: plan, moment: moment, mismatch: mismatch,
            posts: posts.prefix(8).map { "\($0)" },
            story: journal.story(of: mismatch.viewer, authors: Set(posts.map(\.author)), posts: differing))
    }
}

/// The first difference of a schedule, with all it takes to see why.
struct Failure: Error, CustomStringConvertible {
    let plan: Rehearsal.Plan
    let moment: Int
    let mismatch: Mismatch
    let posts: [String]
    let story: String

    var description: String {
        """
        SCENARIO_SEED=\(plan.seed), operation \(moment) of \(plan.operations): \(mismatch.what)
        viewer: \(mismatch.viewer.map(String.init) ?? "nobody")
        missing: \(mismatch.missing.sorted())
        surplus: \(mismatch.surplus.sorted())
        \(posts.joined(separator: "\n"))
        what happened to them:
        \(story)
        """
    }
}
