/// What a community does. Rates are averages; `peakFactor` makes peaks of them.
struct Workload: Encodable, Equatable {
    /// People who come on a day.
    var dailyUsers: Double
    var postsPerUser = 1.0
    var readsPerUser = 10.0
    var followsPerUser = 0.1
    var sessionsPerUser = 2.0
    var sessionMinutes = 5.0
    /// Followers of an account: log-normal, told by its mean and median.
    var followersMean = 100.0
    var followersMedian = 30.0
    var pullThreshold = 10_000.0
    /// Those of a month who come on a day. A timeline in Redis lives for 30 days after it was last read.
    var dailyShare = 0.5
    var accountsPerDailyUser = 3.0
    var peakFactor = 2.5
    /// Feed pages with at least one post that the process has not in memory.
    var coldPageShare = 0.3
    /// Posts with a picture, and what it takes in the object store with its smaller copies.
    var mediaShare = 0.0
    var mediaKilobytes = 400.0
    var years = 1.0

    init(dailyUsers: Double) {
        self.dailyUsers = dailyUsers
    }

    /// Followers that a post is pushed to, on average: those of authors below the pull threshold.
    var pushedFollowers: Double {
        FollowerDistribution(mean: followersMean, median: followersMedian).mean(below: pullThreshold)
    }

    /// - Throws: `PlanError` for what cannot be.
    func validate() throws(PlanError) {
        let inputs: [(String, Double, ClosedRange<Double>)] = [
            ("users", dailyUsers, 1...8e9), ("posts-per-user", postsPerUser, 0...1_000),
            ("reads-per-user", readsPerUser, 0...100_000), ("follows-per-user", followsPerUser, 0...1_000),
            ("sessions-per-user", sessionsPerUser, 0.01...1_000), ("session-minutes", sessionMinutes, 0.01...1_440),
            ("followers-mean", followersMean, 1...1e6), ("followers-median", followersMedian, 0.1...1e6),
            ("pull-threshold", pullThreshold, 1...1e9), ("daily-share", dailyShare, 0.01...1),
            ("accounts-per-user", accountsPerDailyUser, 1...1_000), ("peak", peakFactor, 1...100),
            ("cold-pages", coldPageShare, 0...1), ("media-share", mediaShare, 0...1),
            ("media-kilobytes", mediaKilobytes, 1...1e6), ("years", years, 0.1...50),
        ]
        for (name, value, range) in inputs { try PlanError.check(name, value, in: range) }
        guard followersMean >= followersMedian else {
            throw PlanError("followers-mean must not be below followers-median: a few accounts have most followers.")
        }
        guard accountsPerDailyUser * dailyShare >= 1 else {
            throw PlanError(
                "More people come in a month than there are accounts; raise accounts-per-user or daily-share.")
        }
        guard sessionsPerUser * sessionMinutes <= 1_440 else {
            throw PlanError("Sessions of more than 24 hours a day: lower sessions-per-user or session-minutes.")
        }
    }
}

/// Input that no plan can be made of. The sentence says what to do.
struct PlanError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    static func check(_ name: String, _ value: Double, in range: ClosedRange<Double>) throws(PlanError) {
        guard range.contains(value) else {
            throw PlanError(
                "\(name) is \(Figure.short(value)); it must be from "
                    + "\(Figure.short(range.lowerBound)) to \(Figure.short(range.upperBound)).")
        }
    }
}
