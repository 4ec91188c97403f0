import Core
import TestSupport
import Testing
import Timelines

/// Seeded schedules that build, deliver, backfill, remove, drop and evict in every order.
@Suite("Home timelines, every order of steps")
struct HomeTimelinesScheduleTests {
    @Test("at or above the floor nothing is ever missing", arguments: 0..<60)
    func noGaps(seed: Int) async throws {
        var random = SeededGenerator(seed: seed)
        var stage = TimelineStage(entriesMax: 6)
        var story: [String] = []
        for number in 1...400 {
            let step = try await takeStep(&stage, &random, number: Int64(number))
            story.append(step)
            do { try stage.check() } catch {
                Issue.record("seed \(seed), step \(number): \(error)\n\(story.suffix(30).joined(separator: "\n"))")
                return
            }
        }
        while stage.isBuilding { await stage.stepBuild() }
    }

    /// - Returns: what was done.
    private func takeStep(
        _ stage: inout TimelineStage, _ random: inout SeededGenerator, number: Int64
    ) async throws -> String {
        let author = Int.random(in: 0..<4, using: &random)
        switch Int.random(in: 0..<26, using: &random) {
        case 0..<5:
            // Mostly newer than all before, at times a late commit with an earlier place.
            let lateness = Int.random(in: 0..<5, using: &random) == 0 ? Int64.random(in: 0..<200, using: &random) : 0
            let position = max(1, number * 10 - lateness) * 8 + Int64(author)
            stage.store.commit(.post(author: author, position))
            return "commit post \(position) of \(author)"
        case 5, 6:
            let isFollowed = stage.store.followed.contains(author)
            stage.store.commit(isFollowed ? .unfollow(author) : .follow(author))
            return "commit \(isFollowed ? "unfollow" : "follow") of \(author)"
        case 7:
            guard let position = stage.store.posts(of: author).sorted().randomElement(using: &random) else {
                return "-"
            }
            stage.store.commit(.delete(position))
            return "commit deletion of \(position)"
        case 8:
            let positions = (1...3).map { max(1, number * 10 - $0 * 40) * 8 + Int64(author) }
            stage.store.commit(.imported(author: author, positions))
            return "commit import of \(positions) by \(author)"
        case 9..<19: return handle(&stage)
        case 19, 20:
            await stage.beginBuild()
            return "begin build"
        case 21, 22, 23:
            await stage.stepBuild()
            return "step build"
        case 24: return try await forget(&stage, &random)
        default:
            stage.clock.step(40 * 86_400_000)
            return "forty days pass"
        }
    }

    private func handle(_ stage: inout TimelineStage) -> String {
        let wasWarm = stage.isWarm
        let number = stage.handled
        for _ in 0..<3 { stage.handleNext() }
        #expect(wasWarm || !stage.isWarm, "a delivery to a timeline that is not there created one")
        return "handle \(stage.store.log[number..<stage.handled])"
    }

    private func forget(_ stage: inout TimelineStage, _ random: inout SeededGenerator) async throws -> String {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            stage.timelines.drop(TimelineStage.viewer)
            return "drop"
        case 1:
            stage.timelines.dropAll()
            return "drop all"
        default:
            try await stage.evict()
            return "evict"
        }
    }
}
