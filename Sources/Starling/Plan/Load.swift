/// What a workload asks of the machines. Rates are per second; those at the peak say so.
struct Load: Encodable, Equatable {
    static let secondsPerDay = 86_400.0

    let readsMean: Double
    let postsMean: Double
    let readsPeak: Double
    let postsPeak: Double
    let eventsPeak: Double
    /// Entries offered to timelines; fan-out pays for all, also where the timeline is not there.
    let deliveriesMean: Double
    let deliveriesPeak: Double
    /// Sessions that begin; each brings a timeline into the memory of an api process.
    let sessionsPeak: Double
    /// People with an open session.
    let concurrentPeak: Double
    let storeReadsPeak: Double
    let monthlyUsers: Double
    let accounts: Double

    init(_ workload: Workload) {
        let perSecond = workload.dailyUsers / Self.secondsPerDay
        let peak = workload.peakFactor
        readsMean = perSecond * workload.readsPerUser
        postsMean = perSecond * workload.postsPerUser
        readsPeak = readsMean * peak
        postsPeak = postsMean * peak
        eventsPeak = (postsMean + perSecond * workload.followsPerUser) * peak
        deliveriesMean = postsMean * workload.pushedFollowers
        deliveriesPeak = deliveriesMean * peak
        sessionsPeak = perSecond * workload.sessionsPerUser * peak
        concurrentPeak = min(workload.dailyUsers, sessionsPeak * workload.sessionMinutes * 60)
        storeReadsPeak = readsPeak * workload.coldPageShare
        monthlyUsers = workload.dailyUsers / workload.dailyShare
        accounts = workload.dailyUsers * workload.accountsPerDailyUser
    }
}
